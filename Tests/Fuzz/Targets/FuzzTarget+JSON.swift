import Foundation
import TestSupport
import Wire

extension FuzzTarget {
    static let json = [
        FuzzTarget("json", count: 20_000) { input, _ in JSONReading.check(input) },
        FuzzTarget("json-text", count: 20_000) { input, _ in
            guard let value = try? JSON.validate(input.span), let text = value.string(in: input.span) else {
                return nil
            }
            guard UTF8Validator.isValid(text.span) else { return "the text is not UTF-8" }
            var again: [UInt8] = []
            JSON.appendString(text.span, to: &again)
            guard try JSON.validate(again.span).string(in: again.span) == text else {
                return "does not survive"
            }
            if JSONReading.isReadDifferently(input) { return nil }
            return (JSONReading.foundation(input) as? String).map { Array($0.utf8) } == text
                ? nil : "JSONSerialization resolves it otherwise"
        },
    ]
}

/// The validator, and the readers of arrays and objects, against each other, the grammar and Foundation.
private enum JSONReading {
    static func check(_ input: [UInt8]) -> String? {
        var failure: JSONError?
        var kind: JSONValue.Kind?
        do throws(JSONError) {
            kind = try JSON.validate(input.span).kind
        } catch {
            failure = error
        }
        if let failure, failure.reason.isEmpty || !(0...input.count).contains(failure.offset) {
            return "an error without words, or at no byte of it: \(failure)"
        }
        guard (failure == nil) == JSONGrammar.isText(input, maximumDepth: JSON.maximumDepth) else {
            return failure == nil ? "the grammar does not allow it" : "the grammar allows it"
        }
        // A reader's items may nest as deep as texts of their own: one level more in all.
        let isDeep = failure?.reason.hasPrefix("nested") ?? false
        if !isDeep, readsArray(input) != (kind == .array) { return "the array reader says otherwise" }
        if !isDeep, readsObject(input) != (kind == .object) { return "the object reader says otherwise" }
        return failure == nil && !isReadDifferently(input) && foundation(input) == nil
            ? "JSONSerialization refuses it" : nil
    }

    private static func readsArray(_ input: [UInt8]) -> Bool {
        do throws(JSONError) {
            var reader = try JSONArrayReader(input.span)
            while try reader.next(input.span) != nil {}
            return true
        } catch {
            return false
        }
    }

    private static func readsObject(_ input: [UInt8]) -> Bool {
        do throws(JSONError) {
            var reader = try JSONObjectReader(input.span)
            while let (key, _) = try reader.next(input.span) {
                guard key.string(in: input.span) != nil else { return false }
            }
            return true
        } catch {
            return false
        }
    }

    /// What Foundation makes of a text; `nil` where it refuses it.
    static func foundation(_ input: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(input), options: .fragmentsAllowed)
    }

    /// Valid texts that JSONSerialization refuses: with escapes of half a surrogate pair, or with numbers that a
    /// `Double` cannot hold. (It also takes invalid ones: `[1,]`, byte order marks, UTF-16.)
    static func isReadDifferently(_ bytes: [UInt8]) -> Bool {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        return text.contains(#/\\ud[89a-f]/#) || text.contains(#/\de[+]?0*[1-9]\d\d/#)
            || text.contains(#/\d{300}/#)
    }
}
