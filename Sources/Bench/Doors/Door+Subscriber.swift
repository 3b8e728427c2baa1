import EventLoop

extension Door {
    /// A connection by this door to a channel. By the native door it has yet to subscribe.
    static func subscriber(
        _ index: Int, on loop: EventLoop, _ target: Target, channel: String, owner: any BenchConnectionOwner
    ) -> any BenchSubscriber {
        let path = target.door.path(channel: channel)
        switch target.door {
        case .native, .plain: return BenchConnection(index, on: loop, target, path: path, owner: owner)
        case .events: return EventStreamSubscriber(index, on: loop, target, path: path, owner: owner)
        case .socketIO: return SocketIOSubscriber(index, on: loop, target, channel: channel, owner: owner)
        case .polling: return PollingSubscriber(index, on: loop, target, channel: channel, owner: owner)
        }
    }
}
