import Wire

/// Where an HTTP connection stands: between requests, inside one, or waiting for its answer.
final class HTTPExchange {
    var headDecoder: HTTPHeadDecoder
    /// The request under way: its body is being read, or its answer awaited.
    var head: HTTPRequestHead?
    /// Set while the body is read.
    var bodyDecoder: HTTPBodyDecoder?
    /// The answer that stands already while a refused request's body is read over.
    var refusal: HTTPError?
    /// The request is whole and handed over; its answer has not come.
    var isAnswering = false
    /// There was a request before the one under way.
    var hasServed = false
    /// Bytes of further requests, kept until the answer has come, the socket takes answers again, or others have had
    /// their turn. At most one read's worth.
    var pipelined: [UInt8] = []
    /// The turn of the loop in which a request was begun last, and how many have been in it.
    var turn: UInt64 = 0
    var requestsInTurn = 0

    init(maximumHeadSize: Int) { headDecoder = HTTPHeadDecoder(maximumSize: maximumHeadSize) }

    /// Nothing has come yet of a next request.
    var isIdle: Bool { head == nil && !headDecoder.isPartial }
}
