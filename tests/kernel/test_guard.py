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
    create_engine,
    delete,
    event,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
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

from portal.db import Id
from portal.guard import Guard, Scope, TenancyError

OWN, OTHER = uuid4(), uuid4()
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
    "SELECT id FROM member WHERE organization_id = :own OR_DER BY id".replace("OR_DER", "ORDER"),
    "SELECT id FROM main.member WHERE member.organization_id IN (:own, :own)",
    'SELECT id FROM "member" WHERE "member"."organization_id" = :own',
    "select ID from MEMBER where Member.Organization_Id = :own;",
    "SELECT id FROM member WHERE (member.organization_id = :own) AND (id = :value OR id = :value)",
    "SELECT id FROM member WHERE (id > :value AND (member.organization_id = :own AND x IS NULL))",
    "SELECT id FROM member WHERE x BETWEEN :value AND :value AND organization_id = :own",
    "SELECT id FROM member WHERE x IS DISTINCT FROM :value AND member.organization_id = :own",
    "SELECT id FROM member WHERE CASE WHEN a OR b THEN 1 END = 1 AND member.organization_id = :own",
    "SELECT id FROM member WHERE (member.organization_id, member.id) IN ((:own, :value))",
    "SELECT id FROM member WHERE (id, organization_id) IN (VALUES (:value, :own), (:value, :own))",
    "SELECT id FROM member WHERE member.organization_id = :own FOR UPDATE OF member",
    "SELECT id FROM member WHERE organization_id = :own WINDOW w AS (ORDER BY id)",
    "SELECT id FROM member WHERE organization_id = :own FETCH FIRST 1 ROW ONLY",
    "SELECT a.window FROM active_members AS a WHERE a.window = :value AND a.organization_id = :own",
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
    "SELECT 1 FROM person p CROSS JOIN member m INNER JOIN team t USING (id)"
    " WHERE m.organization_id = :own AND t.organization_id = :own",
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
    "WITH member AS (SELECT 1 AS id), x AS MATERIALIZED (SELECT id FROM member)"
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
    "UPDATE member SET name=:value, window=:value WHERE member.organization_id = :own",
    "UPDATE OR IGNORE member AS m SET name = m.organization_id WHERE m.organization_id = :own",
    "UPDATE member SET x = t.x FROM team t WHERE t.organization_id = :own"
    " AND member.organization_id = t.organization_id",
    "DELETE FROM member WHERE organization_id = :own AND id = :value",
    "DELETE FROM member USING team AS t"
    " WHERE member.organization_id = :own AND t.organization_id = :own",
    "WITH gone AS (DELETE FROM member WHERE organization_id = :own RETURNING id) SELECT * FROM gone",
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
    ("SELECT id FROM member WHERE member.organization_id = '%s'" % OWN, COMPARE),
    ("SELECT id FROM member WHERE member.organization_id = 5", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id <> :own", COMPARE),
    ("SELECT id FROM member WHERE member.organization_id = :own IS NULL", COMPARE),
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
    ("SELECT id FROM member WHERE CASE WHEN a AND organization_id = :own AND b THEN 1 END", COMPARE),
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
    ("SELECT 1 FROM web_session w JOIN member ON member.organization_id = w.organization_id",
     COMPARE),
    # Several scopes
    ("SELECT 1 FROM member WHERE member.organization_id = :own UNION SELECT 1 FROM member", COMPARE),
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
