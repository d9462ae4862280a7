import Cryptography
import Foundation
import Logging
import PostgreSQL
import TestCluster
import TestPlantedData
import Testing

@Suite struct PlantedDataTests {
    private static let word = "Zoë O'Quill?+/"
    private static let planted = PlantedData([word])

    private static func forms(_ text: String) -> Set<String> {
        Set(planted.findings(in: text, of: "text").map(\.form))
    }

    @Test func `what is planted is found in every form, wherever it begins`() throws {
        let bytes = Array(Self.word.utf8)
        #expect(Self.forms("x\(Self.word)y") == ["plain"])
        #expect(Self.forms("x\(Self.word.lowercased())y") == ["plain"])
        #expect(Self.forms("\\x00\(Hexadecimal.encode(bytes))ff") == ["hexadecimal"])
        for before in 0..<6 {
            for after in 0..<3 {
                let around =
                    [UInt8](repeating: 0xff, count: before) + bytes
                    + [UInt8](repeating: 0xff, count: after)
                #expect(Self.forms(Data(around).base64EncodedString()) == ["base64"])
                #expect(Self.forms(Base64URL.encode(around)) == ["base64"])
            }
        }
        let percent = try #require(
            Self.word.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        #expect(Self.forms("?q=\(percent)&") == ["percent"])
        let json = try JSONSerialization.data(withJSONObject: ["a": Self.word])
        #expect(Self.forms(String(decoding: json, as: UTF8.self)) == ["plain"])
        #expect(Self.forms(String(Self.word.dropLast()) + Self.word.dropFirst()) == [])
        #expect(Self.forms("") == [])
    }

    @Test func `all columns of all tables are looked at, in every schema`() async throws {
        let database = try await TestCluster.newDatabase()
        let word = "Planted Column"
        let search = try await OwnThread.run {
            var connection = try Connection(database)
            try connection.execute(
                """
                CREATE SCHEMA "Other one";
                CREATE TABLE "Other one"."a table" (n int, "a text" text, bytes bytea, j jsonb, l text[]);
                INSERT INTO "Other one"."a table" SELECT n FROM generate_series(1, 4500) n;
                UPDATE "Other one"."a table" SET "a text" = 'x \(word) y' WHERE n = 4400;
                UPDATE "Other one"."a table" SET bytes = 'x\(word)'::bytea WHERE n = 1;
                UPDATE "Other one"."a table" SET j = '{"a": ["\(word)"]}' WHERE n = 2;
                UPDATE "Other one"."a table" SET l = '{"\(word)"}' WHERE n = 3;
                """)
            return try PlantedData([word]).findings(inTablesOf: &connection)
        }
        let table = #""Other one"."a table""#
        #expect(
            Set(search.findings.map(\.place)) == [
                "\(table).\"a text\"", "\(table).bytes", "\(table).j", "\(table).l",
            ])
        #expect(search.rows[table] == 4_500 && search.rows["public.ledger_head"] == 1)
    }

    @Test func `files of a folder and lines of a log are looked at`() throws {
        let folder = "/tmp/holdfast-planted-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder + "/in/it", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("nothing".utf8).write(to: URL(filePath: folder + "/a"))
        try Data([0, 1] + Array(Self.word.utf8)).write(to: URL(filePath: folder + "/in/it/b"))
        let (found, bytes) = try Self.planted.findings(inFilesOf: folder)
        #expect(found.map(\.place) == [folder + "/in/it/b"])
        #expect(bytes == 7 + 2 + Self.word.utf8.count)

        let logged = LoggedLines()
        var logger = logged.logger()
        logger.trace("one")
        #expect(Self.planted.findings(inLines: logged.lines) == [])
        logger[metadataKey: "who"] = "\(Self.word)"
        logger.debug("two")
        logger.notice("three", metadata: ["list": ["\(Self.word)", "x"]])
        #expect(logged.lines.count == 3)
        #expect(Self.planted.findings(inLines: [logged.lines[1]]).count == 1)
        #expect(Self.planted.findings(inLines: [logged.lines[2]]).count == 1)
    }
}
