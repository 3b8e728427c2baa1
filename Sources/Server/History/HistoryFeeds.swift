import Wire

/// The channels with history that have a subscriber on one worker. Confined to its thread.
struct HistoryFeeds {
    private var byTopic: [Topic: HistoryFeed] = [:]
    /// By the topic's index in the hub: what a message costs to look up.
    private var byIndex: [HistoryFeed?] = []

    func feed(of topic: Topic) -> HistoryFeed? { byTopic[topic] }

    func feed(at index: UInt32) -> HistoryFeed? { index < byIndex.count ? byIndex[Int(index)] : nil }

    mutating func add(_ feed: HistoryFeed) {
        byTopic[feed.topic] = feed
        while byIndex.count <= Int(feed.index) { byIndex.append(nil) }
        byIndex[Int(feed.index)] = feed
    }

    mutating func remove(_ topic: Topic) {
        guard let feed = byTopic.removeValue(forKey: topic) else { return }
        byIndex[Int(feed.index)] = nil
    }

    func forEach(_ body: (HistoryFeed) -> Void) {
        for feed in byTopic.values { body(feed) }
    }
}
