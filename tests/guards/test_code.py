"""Rules of the house that hold in every line, found by reading the code."""

import ast
from collections.abc import Iterator

import pytest

from tests.guards.commits import CommitInLoopError, commits
from tests.guards.source import Function, called, dotted, functions, is_service, modules, scoped

ENTRIES = [path for path in modules() if path.endswith(("/views.py", "/api.py", "/health.py"))]
ENTRIES += [path for path in modules() if "/views/" in path]
SERVICES = [path for path in modules() if is_service(path)]

CLOCK = frozenset(
    "datetime.now datetime.utcnow datetime.today date.today time.time time.time_ns time.localtime"
    " time.gmtime time.strftime time.ctime func.now func.current_timestamp func.current_date"
    " func.localtimestamp formatdate localtime".split()
)

ACROSS = {
    ("portal/accounts/service/sign_in.py", "_SESSION"): "by a token, before anything else is known",
    ("portal/accounts/service/sign_in.py", "list_memberships"): "a person chooses where to sign in",
    ("portal/accounts/service/first_admin.py", "_exists"): "whether the vendor has an admin",
    (
        "portal/accounts/service/assignments.py",
        "list_csms",
    ): "the vendor's csms by name, for the customer they answer for",
    (
        "portal/accounts/service/stand_ins.py",
        "find_acting",
    ): "a csm's consent, before the session enters the customer",
    (
        "portal/help/service/people.py",
        "_staff",
    ): "the vendor's staff, to whom a customer's request goes up",
    (
        "portal/customers/service/customer.py",
        "get_customer",
    ): "whether any csm of the vendor's answers for the customer at hand",
    ("portal/customers/views.py", "customers"): "a csm sees every customer of theirs",
    ("portal/accounts/jobs.py", "_organizations_with_forms"): "which organizations have old forms",
    (
        "portal/accounts/views/organizations.py",
        "list_organizations",
    ): "an admin sees every customer",
    (
        "portal/accounts/service/erasing.py",
        "_is_elsewhere",
    ): "whether somebody erased stays elsewhere",
    ("portal/accounts/service/erasing.py", "list_other_organizations"): "where else they are named",
    ("portal/accounts/service/staff_looks.py", "_staff_names"): "who of staff looked at names",
    ("portal/accounts/service/contacting.py", "_has_joined"): "whether they ever joined anywhere",
    ("portal/operations/views.py", "status"): "an admin looks how the portal runs",
    ("portal/operations/views.py", "audit_everywhere"): "an admin reads who did what",
    (
        "portal/effectiveness/service/counting.py",
        "count_guide",
    ): "what readers of all customers said of a guide, to count it",
    (
        "portal/effectiveness/service/counting.py",
        "list_counted",
    ): "which guides were opened, by anybody",
    ("portal/effectiveness/views.py", "searches"): "what several customers looked for in vain",
    ("portal/effectiveness/views.py", "answers"): "comments of all customers, without names",
    ("portal/effectiveness/views.py", "answer"): "whose a comment is, before the session enters it",
    ("portal/db.py", "Database"): "how the others do it",
}
"""Where the code looks across organizations, and for what. Each is a decision: add none lightly."""

WHOLE_DATABASE = {
    "portal/engine.py": "makes the guarded engine",
    "portal/doctor.py": "asks only whether the database answers, and how old its due work is",
    "portal/backup/snapshots.py": "copies all of it",
    "portal/backup/restoring.py": "puts all of it back",
}

LOADERS = {
    "portal/sample/service/dropping.py": "empties one organization after another in the same way",
    "portal/sample/service/loading.py": "fills one organization after another, each in its session",
}
"""Services that open sessions of their own, as a command does."""


def every_node() -> Iterator[tuple[str, ast.AST]]:
    for path, tree in modules().items():
        for node in ast.walk(tree):
            yield path, node


def places(found: Iterator[tuple[str, ast.AST]]) -> list[str]:
    return [f"{path}:{node.lineno}" for path, node in found]


def test_imports_stand_at_the_top() -> None:
    hidden = (
        (path, node)
        for path, tree in modules().items()
        if path != "portal/start.py"  # Loads only what the command in hand needs.
        for function in functions(tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) or called(node) in IMPORTERS
    )
    assert places(hidden) == []


IMPORTERS = frozenset({"__import__", "importlib.import_module", "import_module"})


def test_only_the_clock_asks_for_the_time() -> None:
    asked = (
        (path, node)
        for path, node in every_node()
        if path != "portal/clock.py" and _last_two(called(node)) in CLOCK
    )
    assert places(asked) == []


def _last_two(name: str) -> str:
    return ".".join(name.split(".")[-2:])


def test_only_the_settings_read_the_environment() -> None:
    readers = (
        (path, node)
        for path, node in every_node()
        if path != "portal/config.py"
        and (
            dotted(node) in ("os.environ", "os.getenv", "os.environb", "environ", "getenv")
            or (isinstance(node, ast.alias) and node.name in ("environ", "getenv"))
        )
    )
    assert places(readers) == []


def test_services_never_commit() -> None:
    ending = (
        (path, node)
        for path in set(SERVICES) - set(LOADERS)
        for node in ast.walk(modules()[path])
        if called(node).endswith((".commit", ".rollback", ".close"))
    )
    assert places(ending) == []


def test_sql_goes_through_the_guarded_engine() -> None:
    around = (
        (path, node)
        for path, node in every_node()
        if path not in WHOLE_DATABASE
        and called(node).endswith(("create_engine", ".raw_connection", "sqlite3.connect"))
    )
    assert places(around) == []


def views() -> list[tuple[str, Function]]:
    return [
        (path, function)
        for path in ENTRIES
        for function in modules()[path].body
        if isinstance(function, Function) and methods(function)
    ]


def methods(function: Function) -> set[str]:
    """The methods that a view's decorators name."""
    found: set[str] = set()
    for decorator in function.decorator_list:
        name = called(decorator)
        if name.endswith((".get", ".post", ".put", ".patch", ".delete")):
            found.add(name.rpartition(".")[2].upper())
        elif name.endswith(".route"):
            named = [k.value for k in decorator.keywords if k.arg == "methods"]
            found |= set(ast.literal_eval(named[0])) if named else {"GET"}
    return found


@pytest.mark.parametrize(
    ("path", "view"), [pytest.param(p, v, id=f"{p}:{v.name}") for p, v in views()]
)
def test_a_view_commits_once_and_a_get_never(path: str, view: Function) -> None:
    ways = commits(path, view.body)
    if methods(view) <= {"GET"}:
        assert max(ways) == 0, "a GET changes nothing"
    else:
        assert max(ways) == 1, f"commits on its ways: {sorted(ways)}"


@pytest.mark.parametrize("path", [path for path in modules() if path not in SERVICES])
def test_an_entry_commits_at_most_once_and_in_no_loop(path: str) -> None:
    for function in functions(modules()[path]):
        try:
            assert max(commits(path, function.body), default=0) <= 1, function.name
        except CommitInLoopError as error:
            pytest.fail(f"{path}: {function.name} commits in a loop, {error}")


@pytest.mark.parametrize("path", list(modules()))
def test_a_session_opened_for_writing_commits_once_and_last(path: str) -> None:
    for node in ast.walk(modules()[path]):
        if isinstance(node, ast.With) and any(
            called(item.context_expr).endswith(".writing") for item in node.items
        ):
            assert max(commits(path, node.body)) == 1, f"{path}:{node.lineno}"


def test_only_known_places_look_across_organizations() -> None:
    found = {
        (path, place)
        for path, tree in modules().items()
        for place, node in scoped(tree)
        if isinstance(node, ast.Call) and _looks_across(node)
    }
    assert found == set(ACROSS)


def _looks_across(call: ast.Call) -> bool:
    name = called(call)
    if name.endswith((".across_organizations", "Scope")) and "across" in name.lower():
        return True
    if name in ("across", "auth.across"):
        return True
    return any(keyword.arg == "across" for keyword in call.keywords)
