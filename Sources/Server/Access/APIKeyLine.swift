import Access

/// An API key as the configuration lists it.
public enum APIKeyLine {
    /// One line of YAML, an item of `auth.api_keys`.
    public static func text(_ rule: APIKeyRule) -> String {
        "- " + RuleFormat<APIKeyRule>.apiKeys.print(rule)
    }
}
