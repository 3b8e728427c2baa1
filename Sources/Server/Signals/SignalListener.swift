import Wire

/// Hears what workers and nodes tell each other about one name. Confined to its worker's thread.
protocol SignalListener: AnyObject {
    /// Something was signalled. The span is valid during the call only.
    func signalled(_ payload: Span<UInt8>, on topic: Topic)

    /// From now on signals arrive; what happened before was not heard. Comes again after every outage of the broker.
    func signalsLive(_ topic: Topic)

    /// The broker does not allow the signal, for the reason it gives: nothing will be heard.
    func signalsRefused(_ topic: Topic, reason: String)
}

extension SignalListener {
    func signalsRefused(_ topic: Topic, reason: String) {}
}
