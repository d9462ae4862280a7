"""What lint_sql.py must find, and what it must let pass.

    python3 -m unittest discover --start-directory Tools --pattern 'test_*.py'
"""

import contextlib
import io
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import lint_sql  # noqa: E402


def breaches(*files, module="People"):
    """Lints files of one module, each of which imports PostgreSQL; or (path, text) as they are."""
    given = []
    for index, file in enumerate(files):
        if isinstance(file, str):
            file = (f"Sources/{module}/File{index}.swift", "internal import PostgreSQL\n" + textwrap.dedent(file))
        given.append(file)
    return lint_sql.Linter(given).run()


class Planted(unittest.TestCase):
    """Every one of these is a way to get a user's text into SQL."""

    def assert_found(self, *files, line=None, words="", **more):
        found = breaches(*files, **more)
        self.assertTrue(found, "nothing was found")
        self.assertIn(words, found[0][2])
        if line:
            self.assertEqual(found[0][1], line)

    def test_an_interpolated_parameter(self):
        self.assert_found('''
            func find(_ name: String) -> Statement {
                Statement("find", "SELECT 1 FROM person WHERE name = '\\(name)'")
            }
            ''', line=4, words="`name`")

    def test_an_interpolated_property(self):
        self.assert_found('''
            struct Query {
                let table: String
                var statement: Statement { Statement("q", "SELECT 1 FROM \\(table)") }
            }
            ''', line=5, words="`table`")

    def test_text_that_is_joined(self):
        self.assert_found('''
            func find(_ order: String) -> Statement { Statement("f", "SELECT 1 ORDER BY " + order) }
            ''', words="`order`")

    def test_text_that_comes_whole(self):
        self.assert_found('func run(_ sql: String) throws { try connection.execute(sql) }', words="`sql`")

    def test_the_second_line_of_a_long_text(self):
        self.assert_found('''
            let it = Statement(
                "f",
                """
                SELECT 1
                FROM person WHERE id = \\(request.id)
                """)
            ''', line=7, words="`request.id`")

    def test_a_raw_literal(self):
        self.assert_found('let it = Statement("f", #"SELECT \\#(column) FROM a"#)', words="`column`")

    def test_a_call_in_an_interpolation(self):
        self.assert_found('let it = Statement("f", "SELECT \\(columns.joined(separator: ", "))")', words="joined")

    def test_a_literal_in_a_literal(self):
        self.assert_found('let it = Statement("f", "SELECT \\(ok ? "a" : "\\(text)")")', words="text")

    def test_a_name_of_a_statement(self):
        self.assert_found('func a(_ x: String) { _ = Statement("f.\\(x)", "SELECT 1") }', words="`x`")

    def test_an_initialiser_by_its_type(self):
        self.assert_found('static let it: Statement = .init("f", "SELECT \\(x)")', words="`x`")

    def test_an_initialiser_in_a_list(self):
        self.assert_found('let all: [Statement] = [.init("f", "SELECT \\(x)")]', words="`x`")

    def test_an_initialiser_by_its_name(self):
        self.assert_found('let it = Statement.init("f", "SELECT \\(x)")', words="`x`")

    def test_an_initialiser_by_its_module(self):
        self.assert_found('let it = PostgreSQL.Statement("f", "SELECT \\(x)")', words="`x`")

    def test_an_initialiser_that_is_passed_on(self):
        self.assert_found('let it = zip(names, texts).map(Statement.init)', words="passed on")

    def test_a_type_that_is_passed_on(self):
        self.assert_found('let type = Statement.self', words="passed on")

    def test_execute_that_is_passed_on(self):
        self.assert_found('try texts.forEach(connection.execute)', words="passed on")

    def test_a_variable_that_is_static(self):
        self.assert_found('''
            enum A {
                static var columns = "a"
                static let it = Statement("f", "SELECT \\(columns)")
            }
            ''', words="`columns`")

    def test_a_constant_that_is_made_of_something(self):
        self.assert_found('''
            enum A {
                static let columns = CommandLine.arguments[1]
                static let it = Statement("f", "SELECT \\(columns)")
            }
            ''', words="`columns`")

    def test_a_constant_of_a_constant_that_is_made_of_something(self):
        self.assert_found('''
            enum A {
                static let table = name()
                static let columns = "a FROM \\(table)"
                static let it = Statement("f", "SELECT \\(columns)")
            }
            ''', words="`columns`")

    def test_a_constant_behind_a_parameter_of_its_name(self):
        self.assert_found('''
            enum A {
                static let columns = "a, b"
                static func of(_ columns: String) -> Statement { Statement("f", "SELECT \\(columns)") }
            }
            ''', words="`columns`")

    def test_a_constant_behind_a_local_of_its_name(self):
        self.assert_found('''
            enum A {
                static let columns = "a, b"
                static func of(_ a: A) -> Statement {
                    let columns = a.text
                    return Statement("f", "SELECT \\(columns)")
                }
            }
            ''', words="`columns`")

    def test_a_constant_behind_a_loop_of_its_name(self):
        self.assert_found('''
            enum A {
                static let table = "a"
                static func all(_ tables: [String]) {
                    for table in tables { _ = Statement("f", "SELECT 1 FROM \\(table)") }
                }
            }
            ''', words="`table`")

    def test_a_constant_behind_a_closure_of_its_name(self):
        self.assert_found('''
            enum A {
                static let table = "a"
                static func all(_ tables: [String]) {
                    tables.map { table in Statement("f", "SELECT 1 FROM \\(table)") }
                }
            }
            ''', words="`table`")

    def test_a_constant_behind_a_binding_of_its_name(self):
        self.assert_found('''
            enum A {
                static let table = "a"
                static func all(_ given: String?) {
                    if let table = given { _ = Statement("f", "SELECT 1 FROM \\(table)") }
                }
            }
            ''', words="`table`")

    def test_a_constant_of_another_type(self):
        self.assert_found('''
            enum B { static let columns = "a" }
            struct A {
                var columns: String
                var it: Statement { Statement("f", "SELECT \\(columns)") }
            }
            ''', words="`columns`")

    def test_a_raw_value_of_what_is_no_case(self):
        self.assert_found('func f(_ s: State) { _ = Statement("f", "SELECT \\(s.rawValue)") }', words="rawValue")

    def test_a_file_that_imports_nothing_beside_one_that_does(self):
        self.assert_found(
            "let a = 1",
            ("Sources/People/Other.swift", 'func run(_ c: C, _ sql: String) { c.base.execute(sql) }'), words="`sql`")

    def test_the_library_itself(self):
        self.assert_found(
            ("Sources/People/Direct.swift", "let r = PQexec(connection, text)"), words="PQexec")

    def test_what_stands_behind_a_comment_with_a_quote(self):
        self.assert_found('''
            // it's "open
            /* and " /* this */ " */
            let it = Statement("f", "SELECT \\(x)")
            ''', line=5, words="`x`")

    def test_what_cannot_be_read(self):
        self.assert_found('let pattern = /["]/\nlet it = Statement("f", "SELECT (")', words="brackets")

    def test_an_allowance_that_nobody_needs(self):
        found = breaches(("Sources/Schema/Migrations.swift", "internal import PostgreSQL\n"))
        self.assertEqual(len(found), 4)
        self.assertIn("no longer there", found[0][2])


class Fixed(unittest.TestCase):
    """None of these can hold a user's text."""

    def assert_clean(self, *files, **more):
        self.assertEqual(breaches(*files, **more), [])

    def test_literals(self):
        self.assert_clean('''
            static let a = Statement("a", "SELECT 1 WHERE x = $1")
            static let b = Statement(
                "b",
                """
                SELECT '"', (1)

                FROM b
                """)
            static let c = Statement("c", "SELECT " + "1")
            func f() throws { try connection.execute("BEGIN"); try? connection.execute(#"SELECT "a""#) }
            ''')

    def test_constants(self):
        self.assert_clean('''
            enum A {
                private static let table: String = "a"
                static let columns = """
                    a, b

                    , c
                    """
                static let both = "\\(columns), \\(Self.table)" +
                    ", e"
                static let limit = 1_000
                static let it = Statement("it", "SELECT \\(both) FROM \\(A.table) LIMIT \\(limit)")
                func f() throws { try connection.execute(Self.columns) }
            }
            ''')

    def test_a_constant_of_another_file_and_another_module(self):
        self.assert_clean(
            'extension Row { static let it = Statement("it", "SELECT \\(columns) \\(Digest.modulus)") }',
            'struct Row { static let columns = "a" }',
            ("Sources/EventLog/Digest.swift", "public enum Digest { public static let modulus = 61 }"))

    def test_a_constant_of_the_block(self):
        self.assert_clean('''
            func f() throws {
                let columns = "a, b"
                try connection.execute("SELECT \\(columns)")
            }
            ''')

    def test_cases(self):
        self.assert_clean(
            'static let it = Statement("it", "SELECT \\(State.posted.rawValue), \\(State.`void`.rawValue)")',
            ("Sources/EventLog/State.swift", "enum State: UInt8 {\n    case posted = 1, reserved\n    case `void`\n}"))

    def test_static_strings(self):
        self.assert_clean('''
            struct Rule {
                let order: StaticString
                init(_ table: StaticString, where condition: StaticString) {
                    it = Statement("r.\\(table)", "DELETE FROM \\(table) WHERE \\(condition)")
                }
                var all: Statement { Statement("all", "SELECT 1 ORDER BY \\(order), \\(self.order)") }
            }
            ''')

    def test_other_things_of_these_names(self):
        self.assert_clean('''
            let a = Statement(account: account, lines: lines)
            func execute(_ job: Job) { loop.execute { job.run() } }
            // Statement("a", "SELECT \\(x)")
            let b = "Statement(x, y)"
            let c = verifyStatement(x, y)
            ''')

    def test_a_module_without_a_database(self):
        self.assert_clean(("Sources/WalletAPI/A.swift", "func f(_ c: Closure) { loop.execute(c) }"))


class Command(unittest.TestCase):
    def run_on(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "Sources" / "People" / "A.swift"
            path.parent.mkdir(parents=True)
            if text is not None:
                path.write_text(text, encoding="utf-8")
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                status = lint_sql.main([str(Path(folder) / "Sources")])
            return status, out.getvalue()

    def test_says_where_it_is_and_what_is_right(self):
        status, out = self.run_on('import PostgreSQL\n\nlet it = Statement("f", "SELECT \\(x)")\n')
        self.assertEqual(status, 1)
        self.assertRegex(out, r"People/A\.swift:3: a Statement's text has `x`.*; what varies is a parameter")

    def test_is_silent_where_all_is_well(self):
        self.assertEqual(self.run_on('import PostgreSQL\nlet it = Statement("f", "SELECT 1")\n'), (0, ""))

    def test_refuses_a_folder_without_sources(self):
        self.assertEqual(self.run_on(None)[0], 2)


if __name__ == "__main__":
    unittest.main()
