import Wire

/// A session that waits for the broker to confirm a topic. Confined to its worker's thread.
protocol TopicWaiter: AnyObject {
    /// The topic is live.
    func confirmed(_ topic: Topic)

    /// The broker went away before that. It may still come.
    func brokerLost()

    /// The broker does not allow it; `reason` is in the broker's words.
    func refused(_ topic: Topic, _ reason: String)
}
