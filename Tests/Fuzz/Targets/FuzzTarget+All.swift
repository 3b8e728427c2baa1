extension FuzzTarget {
    /// One for each decoder that reads what others have written.
    static let all: [FuzzTarget] =
        http + webSocket + json + doors + socketIO + redis + access + configuration + client
}
