/// Why bytes on an emitters' channel are not read as a message of an emitter.
public enum EmitterError: Error, Equatable {
    /// Python's pickle: whoever decodes it can be made to run anything.
    case pickle
    /// A message of a channel: what a client of Roost has published to it.
    case message
    /// What is wrong with it.
    case malformed(String)
}
