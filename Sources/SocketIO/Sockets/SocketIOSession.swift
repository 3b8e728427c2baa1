import Wire

/// Which namespaces one client is connected to, and what its messages mean: the rules of the protocol, without anything
/// being sent. Socket.IO protocol 5, "Exchange protocol".
///
/// Namespaces are told apart by their index in the settings, here called view.
struct SocketIOSession {
    enum View: Equatable {
        case absent
        /// The client has asked; there is no decision yet.
        case connecting
        case connected
        /// The server has ended it. What the client had sent before it knew is let by.
        case left
    }

    enum Action: Equatable {
        case nothing
        /// `auth` lies in the packet's text.
        case connect(UInt8, auth: Range<Int>?)
        /// There is no such namespace.
        case refuse(namespace: [UInt8])
        case event(UInt8, name: [UInt8], SocketIOArguments, id: UInt64?)
        case acknowledgement(UInt8, SocketIOArguments, id: UInt64)
        /// The client has left a namespace that it was connected to.
        case disconnect(UInt8)
        /// The client has left a namespace before it was decided on.
        case cancel(UInt8)
    }

    /// The indices of the namespaces there are, by name.
    private let namespaces: [[UInt8]: UInt8]
    private var views: [View]
    private var decoder: SocketIODecoder
    /// It has been connected to a namespace once.
    private(set) var hasConnected = false

    init(namespaces: [[UInt8]: UInt8], maximumAttachments: Int, maximumSize: Int) {
        self.namespaces = namespaces
        views = Array(repeating: .absent, count: namespaces.count)
        decoder = SocketIODecoder(maximumAttachments: maximumAttachments, maximumSize: maximumSize)
    }

    /// The text of the packet that `receive(binary:)` has made whole.
    var assembled: [UInt8] { decoder.assembled }

    func view(_ index: UInt8) -> View { views[Int(index)] }

    // MARK: From the client

    /// A message of text; ranges in the action are of `text`.
    mutating func receive(text: Span<UInt8>) throws(SocketIOError) -> Action {
        guard let packet = try decoder.receive(text: text) else { return .nothing }
        return try action(for: packet)
    }

    /// A message of bytes; ranges in the action are of `assembled`.
    mutating func receive(binary: Span<UInt8>) throws(SocketIOError) -> Action {
        guard let packet = try decoder.receive(binary: binary) else { return .nothing }
        return try action(for: packet)
    }

    private mutating func action(for packet: SocketIOPacket) throws(SocketIOError) -> Action {
        guard let index = namespaces[packet.namespace] else {
            guard case .connect = packet.content else { throw Self.notConnected(packet) }
            return .refuse(namespace: packet.namespace)
        }
        switch (packet.content, views[Int(index)]) {
        case (.connect(let auth), .absent), (.connect(let auth), .left):
            views[Int(index)] = .connecting
            return .connect(index, auth: auth)
        case (.connect, _):
            throw SocketIOError("a second CONNECT to the same namespace")
        case (.event(let name, let arguments, let id), .connected):
            return .event(index, name: name, arguments, id: id)
        case (.acknowledgement(let arguments, let id), .connected):
            return .acknowledgement(index, arguments, id: id)
        case (.disconnect, .connected):
            views[Int(index)] = .absent
            return .disconnect(index)
        case (.disconnect, .connecting):
            views[Int(index)] = .absent
            return .cancel(index)
        case (_, .left): return .nothing
        case (_, .absent), (_, .connecting): throw Self.notConnected(packet)
        }
    }

    private static func notConnected(_ packet: SocketIOPacket) -> SocketIOError {
        SocketIOError(
            "a packet for the namespace '\(String(decoding: packet.namespace, as: UTF8.self))', "
                + "to which the client is not connected")
    }

    // MARK: From the server

    /// The server has decided on a client that was connecting.
    mutating func decide(_ index: UInt8, isAccepted: Bool) {
        guard views[Int(index)] == .connecting else { return }
        views[Int(index)] = isAccepted ? .connected : .absent
        if isAccepted { hasConnected = true }
    }

    /// The server ends the client's connection to a namespace.
    mutating func leave(_ index: UInt8) { views[Int(index)] = .left }
}
