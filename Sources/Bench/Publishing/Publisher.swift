/// Something that publishes a run's messages. Confined to its loop's thread.
protocol Publisher: AnyObject {
    /// Starts connecting. The outcome comes by `PublisherOwner`.
    func connect()

    /// Adds a message to what the next `flush()` writes.
    func publish(_ stamp: Stamp)

    func flush()

    /// Messages that were published and not answered yet.
    var unanswered: Int { get }

    func close()
}

protocol PublisherOwner: AnyObject {
    func publisherOpened()

    /// Could not connect, lost the connection, or was refused a message: the run cannot go on.
    func publisherFailed(_ reason: String)
}
