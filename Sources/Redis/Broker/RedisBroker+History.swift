import Broker
import Wire

/// Histories: a stream and a hash per channel, see Lua/publish.lua.
extension RedisBroker {
    public func readHistory(
        _ request: HistoryRequest, then: @escaping (Result<HistoryPage, BrokerFailure>) -> Void
    ) {
        let edge =
            switch request.edge {
            case .oldest: "oldest"
            case .newest: "newest"
            }
        call(
            .history, keys: [redisKey(request.channel, "meta"), redisKey(request.channel, "stream")],
            arguments: [
                String(request.after).bytes, String(request.limit).bytes, edge.bytes,
                String(request.maximumBytes).bytes,
            ]
        ) { result in
            then(result.flatMap(Self.historyPage))
        }
    }

    public func renewHistory(of channel: ChannelName, epoch: String) {
        call(
            .renew, keys: [redisKey(channel, "meta")],
            arguments: [epoch.bytes, MessageID.makeEpoch().bytes]
        ) { _ in }
    }

    /// What history.lua returned. Anyone may have written to the keys: a page that is none is refused.
    private static func historyPage(_ value: RespValue) -> Result<HistoryPage, BrokerFailure> {
        guard let values = value.array else { return .failure(malformed) }
        if values.isEmpty { return .success(.empty) }
        guard values.count >= 3, values.count % 2 == 1, let epoch = values[0].bytes,
            MessageID.isEpoch(epoch.span),
            let newest = offset(values[1]), let oldest = offset(values[2])
        else { return .failure(malformed) }
        var page = HistoryPage(
            epoch: String(decoding: epoch, as: UTF8.self), newest: newest, oldest: oldest, items: [])
        page.items.reserveCapacity(values.count / 2)
        for index in stride(from: 3, to: values.count, by: 2) {
            guard let offset = offset(values[index]), let message = values[index + 1].bytes,
                offset > page.items.last?.offset ?? 0
            else { return .failure(malformed) }
            page.items.append(.init(offset: offset, message: message))
        }
        return .success(page)
    }

    private static func offset(_ value: RespValue) -> UInt64? { value.integer.flatMap(UInt64.init(exactly:)) }

    private static var malformed: BrokerFailure {
        .refused("the keys of this channel's history hold something else")
    }
}
