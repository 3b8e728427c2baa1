import Wire

/// What a request for an event stream asks for.
struct EventStreamRequest {
    let channels: [ChannelName]
    let form: EventStreamEncoder.Form
    /// The last message that the client has of each channel, in the order of `channels`; `nil` where it has none, or
    /// what it says is not known here.
    let since: [MessageID?]
    /// The client says that it has been here before.
    let isReturning: Bool

    /// - Parameters:
    ///   - channel: where the path names one; else the parameters `channel` do.
    ///   - maximum: channels, at most.
    init(_ head: HTTPRequestHead, _ channel: ChannelName?, maximum: Int) throws(HTTPError) {
        let query = try HTTPQuery(head.query)
        if let channel { channels = [channel] } else { channels = try Self.channels(query, maximum) }
        switch query.text("format") {
        case nil, "json": form = .json
        case "text": form = .text
        default: throw Self.refused("'format' must be json or text")
        }
        if let last = head.header("last-event-id"), !last.isEmpty {
            // A browser repeats what it has whatever it is: an error would end its stream for good.
            since = Self.positions(last, channels.count) ?? Array(repeating: nil, count: channels.count)
            isReturning = true
        } else if let text = query.text("since") {
            guard let positions = Self.positions(text, channels.count) else {
                throw Self.refused(
                    "'since' must be the id of a message, such as 42-k3f9; with several channels one for each, "
                        + "in their order, with commas between and - for none")
            }
            since = positions
            isReturning = true
        } else {
            since = Array(repeating: nil, count: channels.count)
            isReturning = false
        }
    }

    private static func channels(_ query: HTTPQuery, _ maximum: Int) throws(HTTPError) -> [ChannelName] {
        var channels: [ChannelName] = []
        for name in query.all("channel") {
            do throws(ChannelNameError) {
                let channel = try ChannelName(validating: name)
                if !channels.contains(channel) { channels.append(channel) }
            } catch {
                throw refused("'channel': \(error)")
            }
        }
        guard !channels.isEmpty else { throw refused("no channel is named; wanted is /events?channel=NAME") }
        guard channels.count <= maximum else {
            throw HTTPError(
                .badRequest, .limitExceeded, .subscriptionsPerConnection,
                "a connection may have at most \(maximum) subscriptions")
        }
        return channels
    }

    private static func positions(_ text: String, _ count: Int) -> [MessageID?]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == count else { return nil }
        var positions: [MessageID?] = []
        for part in parts {
            if part == "-" {
                positions.append(nil)
            } else if let id = MessageID(String(part)) {
                positions.append(id)
            } else {
                return nil
            }
        }
        return positions
    }

    private static func refused(_ message: String) -> HTTPError {
        HTTPError(.badRequest, .badRequest, message)
    }
}
