import Access

extension ValueFormat<String?> {
    /// A secret for HMAC; not shown.
    static var secret: Self {
        let minimum = TokenKey.minimumSecretLength
        return ValueFormat(
            accepted: "at least \(minimum) bytes that nobody can guess, or nothing (\"\")",
            parse: { text throws(InvalidValue) in
                if text.isEmpty { return nil }
                guard text.utf8.count >= minimum else {
                    throw InvalidValue("is shorter than \(minimum) bytes")
                }
                return text
            },
            print: { $0 == nil ? "" : "***" })
    }

    /// A text that may be left out.
    static var text: Self {
        let format = ValueFormat<String>.text
        return ValueFormat(
            accepted: "\(format.accepted), or nothing (\"\")",
            parse: { text throws(InvalidValue) in text.isEmpty ? nil : try format.parse(text) },
            print: { $0.map(format.print) ?? "" })
    }
}

extension ValueFormat<String> {
    /// Any text without control characters.
    static var text: Self {
        let limit = 255
        return ValueFormat(
            accepted: "a text of 1 to \(limit) bytes",
            parse: { text throws(InvalidValue) in
                guard (1...limit).contains(text.utf8.count) else {
                    throw InvalidValue("has \(text.utf8.count) bytes")
                }
                guard !text.unicodeScalars.contains(where: LogText.isUnsafe) else {
                    throw InvalidValue("has a control character")
                }
                return text
            },
            print: { YAMLText.plainOrQuoted($0) })
    }
}

extension ValueFormat<APIKeyHash> {
    static var apiKeyHash: Self {
        ValueFormat(
            accepted: "\"sha256:\" and 64 hexadecimal digits, as 'roost token --api-key' prints it",
            parse: { text throws(InvalidValue) in
                guard let hash = APIKeyHash(text) else { throw InvalidValue("is no hash of an API key") }
                return hash
            },
            print: { YAMLText.quoted($0.description) })
    }
}

extension ValueFormat<Access.Operation> {
    /// What a rule for channels can permit.
    static var granted: Self {
        let words = ChannelGrant.operations.map(\.rawValue)
        return ValueFormat(
            accepted: "one of " + words.joined(separator: ", "),
            parse: { text throws(InvalidValue) in
                guard let operation = ChannelGrant.operations.first(where: { $0.rawValue == text }) else {
                    throw InvalidValue("is none of the choices")
                }
                return operation
            },
            print: \.rawValue)
    }
}

extension RuleMember {
    /// The operations, each with its patterns.
    static func permissions(
        _ target: any WritableKeyPath<Rule, Permissions> & Sendable
    ) -> [RuleMember] {
        Operation.allCases.map { operation in
            RuleMember(
                patterns: operation.rawValue,
                get: { $0[keyPath: target][operation] }, set: { $0[keyPath: target][operation] = $1 })
        }
    }
}

extension RuleFormat<Permissions> {
    /// What somebody may do.
    static var permissions: Self {
        RuleFormat(standard: .nothing, members: RuleMember.permissions(\.self))
    }
}

extension RuleFormat<APIKeyRule> {
    static var apiKeys: Self {
        let identity: [RuleMember<APIKeyRule>] = [
            RuleMember("name", \.name, .text, isRequired: true),
            RuleMember("hash", \.hash, .apiKeyHash, isRequired: true),
        ]
        return RuleFormat(
            // Both are required, so that this hash never counts.
            standard: APIKeyRule(name: "", hash: APIKeyHash(of: []), permissions: .nothing),
            members: identity + RuleMember.permissions(\.permissions)
                + [RuleMember("admin", \.permissions.isAdministrator, .boolean)])
    }
}
