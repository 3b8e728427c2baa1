import Wire

/// A token's claims, as far as they are known here: RFC 7519 section 4.1, and `roost`. Times in seconds since 1970.
struct TokenClaims: Equatable {
    private(set) var user: UserName?
    private(set) var expires: Int64?
    private(set) var notBefore: Int64?
    private(set) var audience: [String]?
    private(set) var issuer: String?
    private(set) var permissions = Permissions.nothing

    /// - Throws: for claims that are malformed, or stand twice.
    init(_ json: Span<UInt8>) throws(TokenError) {
        var seen: Set<String> = []
        do throws(JSONError) {
            var reader = try JSONObjectReader(json)
            while let (name, value) = try reader.next(json) {
                guard let bytes = name.string(in: json) else { continue }
                let claim = String(decoding: bytes, as: UTF8.self)
                guard seen.insert(claim).inserted else {
                    throw JSONError("a claim stands twice", at: name.range.lowerBound)
                }
                try read(claim, value, json)
            }
        } catch {
            throw .badClaim("\(error)")
        }
    }

    private mutating func read(_ claim: String, _ value: JSONValue, _ json: Span<UInt8>) throws(JSONError) {
        let offset = value.range.lowerBound
        switch claim {
        case "sub":
            guard let text = value.string(in: json), let name = try? UserName(validating: text) else {
                throw JSONError("'sub' must be a user's name, a string of 1 to 255 bytes", at: offset)
            }
            user = name
        case "exp": expires = try Self.time(value, json)
        case "nbf": notBefore = try Self.time(value, json)
        case "iss":
            guard let text = value.string(in: json) else {
                throw JSONError("'iss' must be a string", at: offset)
            }
            issuer = String(decoding: text, as: UTF8.self)
        case "aud":
            audience = try Self.texts(value, json, "aud").map { String(decoding: $0, as: UTF8.self) }
        case "roost": permissions = try Self.permissions(value, json)
        default: break
        }
    }

    /// A NumericDate, which may have a fraction: it is cut off.
    private static func time(_ value: JSONValue, _ json: Span<UInt8>) throws(JSONError) -> Int64 {
        if let integer = value.integer(in: json) { return integer }
        let text = String(decoding: [UInt8](copying: json.extracting(value.range)), as: UTF8.self)
        guard value.kind == .number, let number = Double(text), number.magnitude < 0x1p53 else {
            throw JSONError("a time must be a number of seconds since 1970", at: value.range.lowerBound)
        }
        return Int64(number)
    }

    /// `{"subscribe": ["room:*"], "admin": false}`
    private static func permissions(
        _ value: JSONValue, _ json: Span<UInt8>
    ) throws(JSONError) -> Permissions {
        let object = json.extracting(value.range)
        var permissions = Permissions.nothing
        var seen: Set<String> = []
        var reader = try JSONObjectReader(object)
        while let (name, value) = try reader.next(object) {
            guard let bytes = name.string(in: object) else { continue }
            let member = String(decoding: bytes, as: UTF8.self)
            guard seen.insert(member).inserted else {
                throw JSONError("'roost.\(member)' stands twice", at: name.range.lowerBound)
            }
            if member == "admin" {
                guard case .boolean(let isAdministrator) = value.kind else {
                    throw JSONError("'roost.admin' must be true or false", at: value.range.lowerBound)
                }
                permissions.isAdministrator = isAdministrator
            } else if let operation = Operation(rawValue: member) {
                let patterns = try texts(value, object, "roost.\(member)")
                guard patterns.allSatisfy({ (try? ChannelName(validating: $0)) != nil }) else {
                    throw JSONError(
                        "'roost.\(member)' must have glob patterns of 1 to 255 bytes",
                        at: value.range.lowerBound)
                }
                permissions[operation] = patterns
            }
        }
        return permissions
    }

    /// A string, or an array of strings.
    private static func texts(
        _ value: JSONValue, _ json: Span<UInt8>, _ claim: String
    ) throws(JSONError) -> [[UInt8]] {
        if let text = value.string(in: json) { return [text] }
        guard value.kind == .array else {
            throw JSONError("'\(claim)' must be a string, or an array of strings", at: value.range.lowerBound)
        }
        let array = json.extracting(value.range)
        var texts: [[UInt8]] = []
        var reader = try JSONArrayReader(array)
        while let element = try reader.next(array) {
            guard let text = element.string(in: array) else {
                throw JSONError("'\(claim)' must have strings only", at: value.range.lowerBound)
            }
            texts.append(text)
        }
        return texts
    }
}
