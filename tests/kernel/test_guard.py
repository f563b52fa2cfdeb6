"""The guard: which statements it passes, which it refuses, and what it says then.

Statements are written once, with `:own` and `:other` for organizations and `:value` for anything
else, and are tried in the form of both drivers.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    Engine,
    and_,
    bindparam,
    create_engine,
    delete,
    event,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    foreign,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    subqueryload,
)
from sqlalchemy.pool import StaticPool

from portal import guard as guards
from portal.guard import Guard, Scope, TenancyError
from portal.schema import Id

OWN = UUID("0197c0de-0000-7000-8000-00000000000a")
OTHER = UUID("0197c0de-0000-7000-8000-00000000000b")
TABLES = ["member", "team", "enrollment", "active_members"]
STYLES = ["qmark", "pyformat"]
WRITING = Scope(OWN, writable=True)
READING = Scope(OWN, writable=False)


def guard_for(style: Any) -> Guard:
    return Guard(TABLES, (lambda id_: id_.bytes) if style == "qmark" else (lambda id_: id_), style)


def prepare(statement: str, style: str) -> tuple[str, Any]:
    """The text and its parameters as the driver of that style gets them."""
    words = re.findall(r":(own|other|value)\b", statement)
    values: list[Any] = [{"own": OWN, "other": OTHER, "value": 7}[word] for word in words]
    if style == "qmark":
        encoded = tuple(v.bytes if isinstance(v, UUID) else v for v in values)
        return re.sub(r":(own|other|value)\b", "?", statement), encoded
    names = iter(range(len(values)))
    casts = {"own": "::UUID", "other": "::UUID", "value": ""}
    made = re.sub(
        r":(own|other|value)\b", lambda m: f"%(pk_{next(names)})s{casts[m[1]]}", statement
    )
    return made, {f"pk_{i}": value for i, value in enumerate(values)}


def check(
    statement: str, style: str, scope: Scope | None = WRITING, across: str | None = None
) -> None:
    made, parameters = prepare(statement, style)
    guard_for(style).check(made, parameters, False, scope, across)


PASSES = [
    # One table
    "SELECT id FROM member WHERE member.organization_id = :own",
    "SELECT id FROM member WHERE :own = member.organization_id AND id = :value",
    "SELECT m.id FROM member AS m WHERE m.organization_id=:own ORDER BY m.id LIMIT :value",
    "SELECT m.id FROM member m WHERE m.organization_id IN (:own) GROUP BY m.id HAVING count(*) > 1",
    "SELECT id FROM member WHERE organization_id = :own ORDER BY id",
    "SELECT id FROM main.member WHERE member.organization_id IN (:own, :own)",
    'SELECT id FROM "member" WHERE "member"."organization_id" = :own',
    "select ID from MEMBER where Member.Organization_Id = :own;",
    "SELECT id FROM member WHERE (member.organization_id = :own) AND (id = :value OR id = :value)",
    "SELECT id FROM member WHERE (id > :value AND (member.organization_id = :own AND x IS NULL))",
    "SELECT id FROM member WHERE x BETWEEN :value AND :value AND organization_id = :own",
    "SELECT id FROM member WHERE :value = :value AND :value IN (:value) AND organization_id = :own",
    "SELECT id FROM member WHERE x IS DISTINCT FROM :value AND member.organization_id = :own",
    "SELECT id FROM member WHERE CASE WHEN a OR b THEN 1 END = 1 AND member.organization_id = :own",
    "SELECT id FROM member WHERE (member.organization_id, member.id) IN ((:own, :value))",
    "SELECT id FROM member WHERE (id, organization_id) IN (VALUES (:value, :own), (:value, :own))",
    "SELECT id FROM member WHERE member.organization_id = :own FOR UPDATE OF member",
    "SELECT id FROM member WHERE organization_id = :own WINDOW w AS (ORDER BY id)",
    "SELECT id FROM member WHERE organization_id = :own FETCH FIRST 1 ROW ONLY",
    "SELECT a.window FROM active_members AS a WHERE a.window = :value AND a.organization_id = :own",
    "SELECT a.limit AS values FROM team AS a WHERE a.limit > 1 AND a.organization_id = :own",
    "EXPLAIN SELECT id FROM member WHERE organization_id = :own",
    # Joins and chains
    "SELECT 1 FROM member m JOIN team t ON t.organization_id = m.organization_id"
    " WHERE m.organization_id = :own",
    "SELECT 1 FROM member m, team t"
    " WHERE t.organization_id = :own AND t.organization_id = m.organization_id",
    "SELECT 1 FROM member m JOIN team t ON m.organization_id = t.organization_id"
    " LEFT OUTER JOIN enrollment e ON e.organization_id = t.organization_id AND e.id = t.id"
    " WHERE m.organization_id = :own",
    "SELECT 1 FROM member m LEFT JOIN (team t JOIN enrollment e ON e.organization_id ="
    " t.organization_id) ON t.organization_id = m.organization_id WHERE m.organization_id = :own",
    "SELECT 1 FROM member m LEFT JOIN team t ON t.organization_id = :own"
    " WHERE m.organization_id = :own",
    "SELECT 1 FROM web_session w JOIN member ON member.organization_id = w.organization_id"
    " WHERE w.organization_id = :own",
    "SELECT 1 FROM person p CROSS JOIN member m INNER JOIN team USING (id)"
    " WHERE m.organization_id = :own AND team.organization_id = :own",
    "SELECT 1 FROM member m JOIN team t ON t.organization_id = :own"
    " AND m.organization_id = t.organization_id",
    "SELECT 1 FROM member m JOIN goal USING (id) JOIN team t ON t.organization_id = :own"
    " AND m.organization_id = t.organization_id",
    "SELECT 1 FROM member JOIN goal ON goal.id = goal_id WHERE organization_id = :own",
    "SELECT 1 FROM f(1) AS g JOIN member ON member.organization_id = g.organization_id"
    " WHERE g.organization_id = :own",
    "SELECT 1 FROM (SELECT 1) g JOIN member ON member.organization_id = g.organization_id"
    " WHERE g.organization_id = :own",
    # Several scopes
    "SELECT 1 FROM member WHERE organization_id = :own AND id IN"
    " (SELECT member_id FROM enrollment WHERE organization_id = :own)",
    "SELECT 1 FROM member WHERE member.organization_id = :own AND NOT EXISTS (SELECT * FROM"
    " enrollment WHERE enrollment.organization_id = member.organization_id)",
    "SELECT (SELECT count(*) FROM enrollment e WHERE e.organization_id = member.organization_id)"
    " FROM member WHERE member.organization_id = :own",
    "SELECT count(*) FROM (SELECT id FROM member WHERE organization_id = :own) AS anon_1",
    "SELECT 1 FROM member WHERE member.organization_id = :own UNION ALL"
    " SELECT 1 FROM member WHERE member.organization_id = :own",
    "(SELECT 1 FROM member WHERE organization_id = :own) UNION (SELECT 2 FROM person)",
    "SELECT 1 FROM ((SELECT id FROM member WHERE organization_id = :own) UNION SELECT 2) AS x",
    "SELECT 1 FROM member m JOIN LATERAL (SELECT 1 FROM team t WHERE t.organization_id ="
    " m.organization_id) x ON true WHERE m.organization_id = :own",
    "WITH RECURSIVE tree(id) AS (SELECT id FROM team WHERE organization_id = :own UNION ALL"
    " SELECT team.id FROM team JOIN tree ON tree.id = team.up WHERE team.organization_id = :own)"
    " SELECT * FROM tree",
    # Names that look like a customer's table
    "SELECT member_id, goal.team, x AS member FROM goal WHERE goal.member = :other",
    "WITH member AS NOT MATERIALIZED (SELECT 1 AS id), x AS (SELECT id FROM member)"
    " SELECT * FROM member, x",
    "SELECT 'FROM member', \"FROM member\" FROM goal -- FROM member\n/* FROM member */",
    "SELECT extract(day FROM member) FROM goal",
    # Writes
    "INSERT INTO member (id, organization_id) VALUES (:value, :own)",
    "INSERT INTO member (organization_id, id) VALUES (:own, f(:value, 1)), (:own, (:value))",
    "INSERT OR IGNORE INTO main.member (organization_id, id) VALUES (:own, :value) RETURNING id",
    "REPLACE INTO member (organization_id) VALUES (:own)",
    "INSERT INTO active_members (organization_id, window, day) VALUES (:own, :value, :value)",
    "INSERT INTO member (organization_id, id) SELECT :own, x.id FROM goal AS x",
    "INSERT INTO member (id, organization_id) SELECT DISTINCT t.id, t.organization_id AS o"
    " FROM team AS t WHERE t.organization_id = :own UNION ALL SELECT 1, :own AS organization_id",
    "WITH t AS (SELECT id FROM team WHERE organization_id = :own)"
    " INSERT INTO member (organization_id, id) SELECT :own, t.id FROM t",
    "INSERT INTO member (organization_id, id) VALUES (:own, :value)"
    " ON CONFLICT (organization_id, id) DO UPDATE SET name = excluded.name WHERE member.x = :value",
    "INSERT INTO member (organization_id, id) VALUES (:own, :value) ON CONFLICT DO NOTHING",
    "INSERT INTO member (organization_id, id) SELECT :own, t.id FROM team t"
    " WHERE t.organization_id = :own ON CONFLICT (organization_id, id) DO NOTHING",
    "UPDATE member SET name=:value, window=:value WHERE member.organization_id = :own",
    "UPDATE OR IGNORE member AS m SET name = m.organization_id WHERE m.organization_id = :own",
    "UPDATE member SET x = t.x FROM team t WHERE t.organization_id = :own"
    " AND member.organization_id = t.organization_id",
    "DELETE FROM member WHERE organization_id = :own AND id = :value",
    "DELETE FROM member USING team AS t"
    " WHERE member.organization_id = :own AND t.organization_id = :own",
    "WITH gone AS (DELETE FROM member WHERE organization_id = :own RETURNING id) SELECT 1",
    # No customer's table
    "UPDATE web_session SET organization_id = :other WHERE id = :value",
    "INSERT INTO work (organization_id, kind) VALUES (:other, :value)",
    "SELECT * FROM work WHERE organization_id = :other",
    "CREATE TEMPORARY TABLE staging (id int)",
    "SELECT 1",
]

COMPARE = "with a bound value"
REFUSED = [
    # One table
    ("SELECT id FROM member", COMPARE),
    ("SELECT id FROM member WHERE member.id = :own", COMPARE),
    (f"SELECT id FROM member WHERE member.organization_id = '{OWN}'", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id = 5", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id <> :own", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id = :own IS NULL", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id = :own = :value", COMPARE),
    ("SELECT id FROM member WHERE 'organization_id' = :own", COMPARE),
    ("SELECT id FROM member WHERE id = :value -- AND organization_id = :value", COMPARE),
    ("SELECT id FROM member WHERE '; organization_id = ' = :own", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id IN (:own, 'x')", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id NOT IN (:own)", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id IN (SELECT :own)", COMPARE),
    ("SELECT id FROM member WHERE (member.id, member.organization_id) IN ((:own, id))", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id = :own OR id = :value", COMPARE),
    ("SELECT id FROM member WHERE x = :value OR x AND member.organization_id = :own", COMPARE),
    ("SELECT id FROM member WHERE NOT member.organization_id = :own", COMPARE),
    ("SELECT id FROM member WHERE NOT (member.organization_id = :own)", COMPARE),
    ("SELECT id FROM member WHERE (member.organization_id = :own) IS FALSE", COMPARE),
    ("SELECT id FROM member WHERE coalesce(member.organization_id = :own)", COMPARE),
    ("SELECT id FROM member WHERE CASE WHEN a AND organization_id = :own AND b THEN 1 END",
     COMPARE),
    ("SELECT id FROM member WHERE x BETWEEN a.b AND organization_id = :own", COMPARE),
    ("SELECT member.organization_id = :own FROM member", COMPARE),
    ("SELECT count(*) FILTER (WHERE organization_id = :own) FROM member", COMPARE),
    ("SELECT id FROM member GROUP BY id HAVING member.organization_id = :own", COMPARE),
    ("SELECT id FROM member AS m WHERE member.organization_id = :own", COMPARE),
    ("SELECT id FROM (member)", COMPARE),
    ("SELECT id FROM member*", COMPARE),
    ("SELECT id FROM ONLY member", COMPARE),
    ("TABLE member", COMPARE),
    ("SELECT 1 UNION TABLE member", COMPARE),
    ("SELECT id FROM public.member", COMPARE),
    # Joins
    ("SELECT 1 FROM member, team WHERE member.organization_id = :own", "team"),
    ("SELECT 1 FROM member, team WHERE organization_id = :own", COMPARE),
    ("SELECT 1 FROM member m JOIN team t ON t.id = m.id WHERE t.organization_id = :own", "member"),
    ("SELECT 1 FROM member m JOIN team t ON t.organization_id = m.organization_id", COMPARE),
    ("SELECT 1 FROM member m NATURAL JOIN team t WHERE m.organization_id = :own", "team"),
    (
        "SELECT 1 FROM member m JOIN team USING (organization_id) WHERE m.organization_id = :own",
        "team",
    ),
    ("SELECT 1 FROM person LEFT JOIN member ON member.id = person.id", COMPARE),
    ("SELECT 1 FROM member m LEFT JOIN team t ON m.organization_id = :own AND"
     " t.organization_id = :own", "member"),
    ("SELECT 1 FROM member m LEFT JOIN team t ON m.organization_id = t.organization_id"
     " AND t.organization_id = :own", "member"),
    ("SELECT 1 FROM member m FULL JOIN team t ON m.organization_id = :own"
     " AND t.organization_id = :own", COMPARE),
    ("SELECT 1 FROM member m JOIN member m ON true WHERE m.organization_id = :own", COMPARE),
    ("SELECT 1 FROM member m JOIN goal m ON true WHERE m.organization_id = :own", COMPARE),
    ("SELECT 1 FROM web_session w JOIN member ON member.organization_id = w.organization_id",
     COMPARE),
    # Several scopes
    ("SELECT 1 FROM member WHERE organization_id = :own UNION SELECT 1 FROM member", COMPARE),
    ("SELECT 1 FROM member WHERE member.organization_id = :own AND member.organization_id = :own"
     " AND EXISTS (SELECT 1 FROM member WHERE id = :value)", COMPARE),
    ("SELECT 1 FROM member WHERE NOT EXISTS (SELECT 1 FROM enrollment e WHERE"
     " e.organization_id = :own AND member.organization_id = :own)", "member"),
    ("SELECT (SELECT count(*) FROM enrollment) FROM member WHERE organization_id = :own",
     "enrollment"),
    ("SELECT 1 FROM goal WHERE id IN (SELECT goal_id FROM enrollment)", COMPARE),
    ("SELECT 1 FROM goal WHERE id IN enrollment", COMPARE),
    ("SELECT f(1, (SELECT id FROM member)) FROM goal", COMPARE),
    ("SELECT 1 FROM goal ORDER BY (SELECT id FROM member)", COMPARE),
    ("SELECT 1 FROM goal JOIN person ON EXISTS (SELECT 1 FROM member)", COMPARE),
    ("SELECT 1 FROM ((SELECT 1) UNION SELECT id FROM member) AS x", COMPARE),
    ("WITH x AS (SELECT id FROM member) SELECT * FROM x", COMPARE),
    ("WITH member AS (SELECT * FROM member) SELECT * FROM member", COMPARE),
    ("WITH member AS (SELECT 1) SELECT * FROM public.member", COMPARE),
    ("SELECT 1 FROM (WITH member AS (SELECT 1) SELECT 1) AS x, member", COMPARE),
    ("SELECT 1 FROM member JOIN (SELECT organization_id FROM team WHERE organization_id = :own) t"
     " ON t.organization_id = member.organization_id", "member"),
    # Writes
    ("INSERT INTO member VALUES (:own, :value)", "among the columns"),
    ("INSERT INTO member DEFAULT VALUES", "among the columns"),
    ("INSERT INTO member (id) VALUES (:own)", "among the columns"),
    ("INSERT INTO member (id, organization_id) VALUES (:own, 1)", "in each row"),
    ("INSERT INTO member (organization_id) VALUES (:own), (DEFAULT)", "in each row"),
    ("INSERT INTO member (id, organization_id) VALUES (:own)", "in each row"),
    ("INSERT INTO member (organization_id) TABLE goal", "VALUES or SELECT"),
    ("INSERT INTO member (organization_id, id) SELECT goal.x, 1 FROM goal", "in each row"),
    ("INSERT INTO member (organization_id) SELECT t.organization_id FROM team t", COMPARE),
    ("INSERT INTO member (organization_id) SELECT w.organization_id FROM web_session w", "select"),
    ("INSERT INTO member (organization_id) SELECT :own UNION SELECT w.x FROM w", "in each row"),
    ("INSERT INTO work (x) SELECT x FROM member ON CONFLICT (x) DO UPDATE SET x = 1"
     " WHERE member.organization_id = :own", COMPARE),
    ("INSERT INTO member (organization_id) VALUES (:own) ON CONFLICT (organization_id)"
     " DO UPDATE SET name = 1, organization_id = excluded.organization_id", "never changes"),
    ("INSERT INTO member (organization_id, id) VALUES (:own, 1) ON CONFLICT (id)"
     " DO UPDATE SET name = 1", "ON CONFLICT"),
    ("UPDATE member SET name = :value", COMPARE),
    ("UPDATE ONLY member SET name = :own", COMPARE),
    ("UPDATE member SET name = :value, organization_id = :own WHERE organization_id = :own",
     "never changes"),
    ("UPDATE member SET (name, organization_id) = (1, :own) WHERE organization_id = :own",
     "never changes"),
    ("UPDATE member SET offset = 1, organization_id = :own WHERE organization_id = :own",
     "never changes"),
    ("UPDATE member SET x = (SELECT max(x) FROM team) WHERE organization_id = :own", "team"),
    ("UPDATE member SET x = t.x FROM team t WHERE member.organization_id = :own", "team"),
    ("DELETE FROM member", COMPARE),
    ("DELETE FROM member WHERE id = :own", COMPARE),
    ("DELETE FROM member USING team WHERE member.organization_id = :own", "team"),
    ("WITH gone AS (DELETE FROM member RETURNING id) SELECT * FROM gone", COMPARE),
    ("WITH member AS (SELECT 1) DELETE FROM member", COMPARE),
    # What the guard can't follow
    ("COPY member FROM STDIN", "can't follow"),
    ("TRUNCATE member", "can't follow"),
    ("DROP TABLE member", "can't follow"),
    ("MERGE INTO member USING goal ON true WHEN MATCHED THEN DELETE", "can't follow"),
    ("SELECT 1; DELETE FROM member WHERE organization_id = :own", "can't follow"),
    ("COMMIT; DELETE FROM member", "can't follow"),
    ("SELECT id FROM member WHERE (organization_id = :own", "can't follow"),
    ("SELECT id FROM member WHERE organization_id = :own AND 'x", "can't follow"),
]  # fmt: skip


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("statement", PASSES)
def test_passes(statement: str, style: str) -> None:
    check(statement, style)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("statement", [s for s in PASSES if ":own" in s])
def test_compares_every_organization_that_is_bound(statement: str, style: str) -> None:
    for own in re.finditer(":own", statement):
        strange = f"{statement[: own.start()]}:other{statement[own.end() :]}"
        with pytest.raises(TenancyError, match="not the session's organization"):
            check(strange, style)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("statement", "why"), REFUSED)
def test_refuses(statement: str, why: str, style: str) -> None:
    with pytest.raises(TenancyError, match=re.escape(why)):
        check(statement, style)


# Texts that only one of the databases understands, and the key of the organization in them.
OF_ONE_STYLE = [
    ("qmark", "SELECT '?', \"?\", [?], `?` /* ? */ FROM member --?\nWHERE organization_id = ?", 0),
    ("qmark", "SELECT id FROM [member] AS `m` WHERE [m].organization_id = ?", 0),
    ("qmark", "SELECT id FROM 'member' WHERE organization_id = ?", 0),
    ("qmark", "SELECT 'it''s ?' FROM member WHERE x = '''?' AND organization_id = ? /* open", 0),
    ("pyformat", "SELECT E'\\' ?', $$ ' $$, $a$ %(x)s ' $a$ FROM member"
     " WHERE organization_id = %(a)s", "a"),
    ("pyformat", "SELECT a[1], x ? 'b', 7 %% 2 FROM member WHERE organization_id = %(a)s::UUID",
     "a"),
    ("pyformat", "SELECT 1 %%s FROM member WHERE organization_id = %s::uuid", 0),
]  # fmt: skip


@pytest.mark.parametrize(("style", "statement", "key"), OF_ONE_STYLE)
def test_finds_the_bind_behind_quotes_and_comments(style: str, statement: str, key: Any) -> None:
    own: Any = OWN.bytes if style == "qmark" else OWN
    guard_for(style).check(statement, [own] if key == 0 else {key: own}, False, WRITING, None)
    strange: Any = [OTHER] if key == 0 else {key: OTHER, "x": own}
    with pytest.raises(TenancyError, match=f"Bind {key!r}"):
        guard_for(style).check(statement, strange, False, WRITING, None)


@pytest.mark.parametrize(
    ("style", "statement"),
    [
        ("qmark", "SELECT id FROM member WHERE organization_id = ?1"),
        ("qmark", "SELECT id FROM member WHERE x = ?2 AND organization_id = ?"),
        ("qmark", "SELECT id FROM member WHERE organization_id = :own"),
        ("qmark", "SELECT id FROM 'member'"),
        ("qmark", "SELECT id FROM [member]"),
        ("pyformat", "SELECT id FROM member WHERE organization_id = ?"),
        ("pyformat", "SELECT id FROM member /* /* */ WHERE organization_id = %(a)s -- */"),
        ("pyformat", "SELECT E'\\'', id FROM member --' WHERE organization_id = %(a)s"),
        ("pyformat", "SELECT $$ ' $$, id FROM member --' WHERE organization_id = %(a)s"),
    ],
)
def test_is_not_misled_by_quotes_and_comments(style: str, statement: str) -> None:
    with pytest.raises(TenancyError):
        guard_for(style).check(statement, {"a": OWN, 0: OWN.bytes}, False, WRITING, None)


def test_takes_the_text_of_a_uuid_on_postgresql_only() -> None:
    statement = "SELECT id FROM member WHERE organization_id = "
    for spelled in (str(OWN), OWN.hex, str(OWN).upper()):
        guard_for("pyformat").check(statement + "%(a)s", {"a": spelled}, False, WRITING, None)
        with pytest.raises(TenancyError):
            guard_for("qmark").check(statement + "?", (spelled,), False, WRITING, None)
    for wrong in (str(OTHER), None, "", OWN.bytes):
        with pytest.raises(TenancyError):
            guard_for("pyformat").check(statement + "%(a)s", {"a": wrong}, False, WRITING, None)
    guard_for("qmark").check(statement + "?", (memoryview(OWN.bytes),), False, WRITING, None)


def test_checks_every_set_of_many() -> None:
    guard, statement = guard_for("qmark"), "UPDATE member SET x = ? WHERE organization_id = ?"
    guard.check(statement, [(1, OWN.bytes), (2, OWN.bytes)], True, WRITING, None)
    with pytest.raises(TenancyError, match="Bind 1"):
        guard.check(statement, [(1, OWN.bytes), (2, OTHER.bytes)], True, WRITING, None)
    named = "UPDATE member SET x = 1 WHERE organization_id = %(o)s"
    with pytest.raises(TenancyError, match="Bind 'o'"):
        guard_for("pyformat").check(named, [{"o": OWN}, {"o": OTHER}], True, WRITING, None)


def test_checks_many_rows_in_one_set() -> None:
    statement = "INSERT INTO member (organization_id, x) VALUES (?, ?), (?, ?)"
    guard_for("qmark").check(statement, (OWN.bytes, 1, OWN.bytes, 2), True, WRITING, None)
    with pytest.raises(TenancyError, match="Bind 2"):
        guard_for("qmark").check(statement, (OWN.bytes, 1, OTHER.bytes, 2), True, WRITING, None)


READS = "SELECT id FROM member WHERE organization_id = :own"
READS_ALL = "SELECT id FROM member WHERE id = :value"
WRITES = "UPDATE member SET x = 1 WHERE organization_id = :own"
COPIES = "INSERT INTO statistics (x) SELECT x FROM member"
SHARED_WRITES = [
    "INSERT INTO person (id) VALUES (:value)",
    "REPLACE INTO person (id) VALUES (:value)",
    "UPDATE person SET x = 1",
    "DELETE FROM person",
    "WITH x AS (INSERT INTO person (id) VALUES (1) RETURNING id) SELECT id FROM x",
    "WITH x AS (SELECT 1) UPDATE person SET x = 1",
    "WITH x AS (DELETE FROM person RETURNING id) SELECT id FROM x",
    "SELECT 1 INTO copy FROM person",
    "CREATE TABLE x (id int)",
]
CONTROLS = [
    "BEGIN",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "END",
    "SAVEPOINT member",
    "RELEASE SAVEPOINT member",
    "ROLLBACK TO SAVEPOINT member",
    'PRAGMA main.table_info("member")',
    "SET LOCAL search_path = member",
    "SHOW server_version",
]


@pytest.mark.parametrize("statement", [*SHARED_WRITES, WRITES])
def test_writes_only_where_the_session_is_for_writing(statement: str) -> None:
    check(statement, "qmark", WRITING)
    for scope in (READING, Scope(None, writable=False), Scope(None, False, across="reason")):
        with pytest.raises(TenancyError, match="reading only"):
            check(statement, "qmark", scope)


@pytest.mark.parametrize("scope", [WRITING, READING, Scope(None, writable=False), None])
@pytest.mark.parametrize("statement", CONTROLS)
def test_passes_what_steers_a_transaction(statement: str, scope: Scope | None) -> None:
    check(statement, "qmark", scope)


def test_reads_in_a_session_for_reading() -> None:
    check(READS, "qmark", READING)
    check("SELECT replace(x, 'a', 'b') FROM person FOR UPDATE", "pyformat", READING)
    check("SELECT 1 FROM person FOR NO KEY UPDATE", "pyformat", READING)


@pytest.mark.parametrize("across", [None, "reason"])
@pytest.mark.parametrize("statement", [READS, WRITES, COPIES, "DROP TABLE member"])
def test_refuses_customer_tables_without_a_session(statement: str, across: str | None) -> None:
    with pytest.raises(TenancyError, match="use a session"):
        check(statement, "qmark", None, across)


@pytest.mark.parametrize("statement", SHARED_WRITES)
def test_passes_shared_tables_without_a_session(statement: str) -> None:
    check(statement, "qmark", None)


def test_refuses_customer_tables_before_there_is_an_organization() -> None:
    scope = Scope(None, writable=True)
    for statement in (READS, WRITES, COPIES):
        with pytest.raises(TenancyError, match="use a session"):
            check(statement, "qmark", scope)
    scope.enter(OWN)
    check(READS, "qmark", scope)


@pytest.mark.parametrize("scope", [WRITING, READING, Scope(None, True), Scope(None, False)])
def test_reads_across_organizations_where_the_statement_says_why(scope: Scope) -> None:
    check(READS_ALL, "qmark", scope, "sign-in")
    for reason in (None, ""):
        with pytest.raises(TenancyError):
            check(READS_ALL, "qmark", scope, reason)


def test_reads_across_organizations_where_the_session_says_why() -> None:
    scope = Scope(None, writable=False, across="report")
    check(READS_ALL, "qmark", scope)
    scope.enter(OWN)
    check(READS, "qmark", scope)
    with pytest.raises(TenancyError, match=COMPARE):
        check(READS_ALL, "qmark", scope)


@pytest.mark.parametrize(
    "statement",
    [
        WRITES,
        "INSERT INTO member (organization_id) VALUES (:own)",
        "DELETE FROM member WHERE organization_id = :own",
        "WITH x AS (DELETE FROM member WHERE organization_id = :own) SELECT 1",
        "TRUNCATE member",
        "COPY member TO STDOUT",
    ],
)
def test_never_writes_customer_tables_across_organizations(statement: str) -> None:
    for scope, across in ((WRITING, "reason"), (Scope(None, True, across="reason"), None)):
        with pytest.raises(TenancyError, match="never written across"):
            check(statement, "qmark", scope, across)


def test_fills_shared_tables_across_organizations() -> None:
    check(COPIES, "qmark", WRITING, "statistics")
    with pytest.raises(TenancyError, match="reading only"):
        check(COPIES, "qmark", READING, "statistics")


def test_enters_an_organization_once() -> None:
    scope = Scope(None, writable=True)
    scope.enter(OWN)
    with pytest.raises(RuntimeError, match="never changes"):
        scope.enter(OTHER)
    assert scope.organization_id == OWN


def test_says_which_table_and_how_to_mend_it() -> None:
    with pytest.raises(TenancyError) as caught:
        check("SELECT 1 FROM member AS m", "qmark")
    assert str(caught.value) == (
        "member: compare m.organization_id with a bound value. Refused: SELECT 1 FROM member AS m"
    )


def test_reads_a_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read, texts = guards.read, []

    def counted(*given: Any) -> Any:
        texts.append(given[0])
        return read(*given)

    monkeypatch.setattr(guards, "read", counted)
    monkeypatch.setattr(guards, "KEPT_TEXTS", 3)
    guard = guard_for("qmark")
    for statement in ("SELECT 1", "SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4", "SELECT 3"):
        guard.check(statement, (), False, WRITING, None)
    assert texts == ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4", "SELECT 3"]


def test_keeps_few_of_long_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "KEPT_CHARACTERS", 100)
    guard = guard_for("qmark")
    for number in range(1000):
        guard.check(f"SELECT {number}", (), False, WRITING, None)
    assert len(guard._known) < 20


class Base(DeclarativeBase):
    """Tables as the portal has them: what SQLAlchemy makes of them is what counts here."""


class Team(Base):
    __tablename__ = "team"
    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(default="")
    members: Mapped[list["Member"]] = relationship(
        primaryjoin=lambda: and_(
            Member.organization_id == Team.organization_id, foreign(Member.team_id) == Team.id
        ),
        viewonly=True,
    )


class Member(Base):
    __tablename__ = "member"
    organization_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid4)
    team_id: Mapped[UUID | None] = mapped_column(Id)
    name: Mapped[str] = mapped_column(default="")
    joined: Mapped[str] = mapped_column(server_default="today")
    team: Mapped[Team | None] = relationship(
        primaryjoin=lambda: and_(
            Member.organization_id == Team.organization_id, foreign(Member.team_id) == Team.id
        ),
        viewonly=True,
    )


class Person(Base):
    __tablename__ = "person"
    id: Mapped[UUID] = mapped_column(Id, primary_key=True, default=uuid4)


class Watched:
    """A session on a real SQLite in memory whose every statement the guard reads."""

    def __init__(self, engine: Engine) -> None:
        guard = guard_for("qmark")
        self.texts: list[str] = []
        self.session = Session(engine)

        @event.listens_for(engine, "before_cursor_execute")
        def look(_c: Any, _k: Any, statement: str, given: Any, context: Any, many: bool) -> None:
            self.texts.append(statement)
            across = context.execution_options.get("across")
            guard.check(statement, given, many, WRITING, across)


@pytest.fixture
def watched() -> Iterator[Watched]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    Base.metadata.create_all(engine)
    made = Watched(engine)
    team = Team(organization_id=OWN, name="Support")
    made.session.add_all([team, Team(organization_id=OWN, name="Sales")])
    made.session.flush()
    made.session.add_all([Member(organization_id=OWN, team_id=team.id) for _ in range(3)])
    made.session.flush()
    made.session.expunge_all()
    yield made
    made.session.close()
    engine.dispose()


def statements(organization_id: UUID) -> dict[str, Any]:
    """What services write, as SQLAlchemy's statements for one organization."""
    mine = Member.organization_id == organization_id
    other = aliased(Member)
    teams = select(Team.id).where(Team.organization_id == organization_id)
    together = Team.organization_id == Member.organization_id
    picked = select(Member.id, Member.organization_id).where(mine).cte("picked")
    size = select(func.count()).select_from(Team).where(together).scalar_subquery()
    return {
        "entity": select(Member).where(mine),
        "join": select(Member, Team.name).join(Team, together).where(mine),
        "outer join": select(Member.id, Team.name).outerjoin(Team, together).where(mine),
        "aliased": select(other.id).where(other.organization_id == organization_id),
        "twice": select(Member.id)
        .join(other, and_(other.organization_id == Member.organization_id, other.id == Member.id))
        .where(mine),
        "exists": select(Member.id).where(mine, exists().where(together)),
        "any": select(Team.id).where(Team.organization_id == organization_id, Team.members.any()),
        "correlated": select(Member.id, size).where(mine),
        "in subquery": select(Member.id).where(mine, Member.team_id.in_(teams)),
        "from subquery": select(func.count()).select_from(select(Member).where(mine).subquery()),
        "cte": select(picked.c.id),
        "union": union_all(select(Member.id).where(mine), teams),
        "in": select(Member.id).where(Member.organization_id.in_([organization_id])),
        "tuple": select(Member.id).where(
            tuple_(Member.organization_id, Member.id).in_([(organization_id, organization_id)])
        ),
        "insert": insert(Team).values(organization_id=organization_id, name="x"),
        "insert rows": insert(Team).values(
            [{"organization_id": organization_id, "name": name} for name in "ab"]
        ),
        "insert select": insert(Team).from_select(
            ["organization_id", "id"],
            select(literal(organization_id, Id), Member.id).where(mine),
        ),
        "insert selected": insert(Team).from_select(
            ["id", "organization_id"], select(Member.id, Member.organization_id).where(mine)
        ),
        "update": update(Member).where(mine).values(name="y"),
        "update from": update(Member).where(mine, together).values(name=Team.name),
        "delete": delete(Member).where(mine, Member.team_id.in_(teams)),
        "text": text("SELECT id FROM member WHERE organization_id = :o").bindparams(
            bindparam("o", organization_id, Id)
        ),
    }


@pytest.mark.parametrize("case", statements(OWN))
def test_passes_what_sqlalchemy_executes(case: str, watched: Watched) -> None:
    watched.session.execute(statements(OWN)[case])
    with pytest.raises(TenancyError, match="not the session's organization"):
        watched.session.execute(statements(OTHER)[case])


@pytest.mark.parametrize("case", statements(OWN))
def test_passes_what_sqlalchemy_compiles_for_postgresql(case: str) -> None:
    check_for_postgresql(statements(OWN)[case])
    with pytest.raises(TenancyError, match="not the session's organization"):
        check_for_postgresql(statements(OTHER)[case])


def check_for_postgresql(statement: Any) -> None:
    compiled = statement.compile(
        dialect=psycopg.dialect(), compile_kwargs={"render_postcompile": True}
    )
    guard_for("pyformat").check(str(compiled), compiled.params, False, WRITING, None)


def upsert(insert_into: Any, *keys: str) -> Any:
    made = insert_into(Team).values(organization_id=OWN, id=uuid4(), name="x")
    return made.on_conflict_do_update(index_elements=keys, set_={"name": made.excluded.name})


def test_passes_upserts_that_name_the_organization(watched: Watched) -> None:
    watched.session.execute(upsert(sqlite.insert, "organization_id", "id"))
    check_for_postgresql(upsert(postgresql.insert, "organization_id", "id"))
    with pytest.raises(TenancyError, match="ON CONFLICT"):
        watched.session.execute(upsert(sqlite.insert, "id"))
    with pytest.raises(TenancyError, match="ON CONFLICT"):
        check_for_postgresql(upsert(postgresql.insert, "id"))


FORGETFUL = {
    "no condition": select(Member.id),
    "join": select(Member.id).join(Team, Team.id == Member.team_id).where(Team.name == "x"),
    "one of two": select(Member.id, Team.name).join(
        Team, and_(Team.organization_id == OWN, Team.id == Member.team_id)
    ),
    "or": select(Member.id).where((Member.organization_id == OWN) | (Member.name == "x")),
    "not": select(Member.id).where(~Member.organization_id.in_([OWN])),
    "exists": select(Person.id).where(exists().where(Member.name == "x")),
    "literal": select(Member.id).where(Member.organization_id == literal_column("'x'")),
    "changed": update(Member).where(Member.organization_id == OWN).values(organization_id=OTHER),
    "insert": insert(Team).from_select(
        ["organization_id", "id"], select(Member.organization_id, Member.id)
    ),
    "update": update(Member).where(Member.name == "x").values(name="y"),
    "delete": delete(Member),
    "text": text("SELECT id FROM member"),
}


@pytest.mark.parametrize("case", FORGETFUL)
def test_refuses_what_forgets_the_organization(case: str, watched: Watched) -> None:
    for run in (watched.session.connection().execute, check_for_postgresql):
        with pytest.raises(TenancyError, match="Refused"):
            run(FORGETFUL[case])


def test_follows_the_unit_of_work(watched: Watched) -> None:
    session = watched.session
    member = session.scalars(statements(OWN)["entity"]).first()
    assert member is not None
    member.name = "new"
    session.flush()
    session.refresh(member)
    session.expire_all()
    assert session.get(Member, (OWN, member.id)) is member
    assert member.team is not None
    session.delete(member)
    session.add_all([Member(organization_id=OWN) for _ in range(3)])
    session.flush()
    assert any("), (" in words for words in watched.texts)
    session.add(Team(organization_id=OTHER))
    with pytest.raises(TenancyError, match="Bind 0"):
        session.flush()


def test_follows_get_and_loaders_by_position(watched: Watched) -> None:
    session, teams = watched.session, select(Team).where(Team.organization_id == OWN)
    with pytest.raises(TenancyError, match="Bind 0"):
        session.get(Member, (OTHER, uuid4()))
    for load in (joinedload, selectinload):
        session.expunge_all()
        found = session.scalars(teams.options(load(Team.members))).unique().all()
        assert sum(len(team.members) for team in found) == 3
    with pytest.raises(TenancyError, match="member: compare"):
        session.scalars(teams.options(subqueryload(Team.members))).all()


def test_follows_many_at_once(watched: Watched) -> None:
    session, returned = watched.session, insert(Team).returning(Team.id)
    rows = [{"organization_id": OWN, "name": name} for name in "ab"]
    session.execute(insert(Team), rows)
    ids = session.scalars(returned, rows).all()
    changes = [{"organization_id": OWN, "id": id_, "name": "z"} for id_ in ids]
    session.execute(update(Team), changes)
    strange = {"organization_id": OTHER, "id": ids[0], "name": "z"}
    for change, given in ((insert(Team), rows), (returned, rows), (update(Team), changes)):
        with pytest.raises(TenancyError, match="not the session's organization"):
            session.execute(change, [*given, strange])


def test_lets_a_marked_statement_look_across(watched: Watched) -> None:
    looks = select(Member.id).where(Member.name == "x")
    watched.session.execute(looks.execution_options(across="sign-in"))
    with pytest.raises(TenancyError, match="never written"):
        watched.session.execute(delete(Member).execution_options(across="sign-in"))
