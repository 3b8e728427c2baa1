/// Why a range of addresses was refused.
public enum AddressRangeError: Error, Equatable {
    case noAddress
    case noPrefix(width: Int)
    case bitsBehindPrefix
}

extension AddressRangeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noAddress: "has no IP address"
        case .noPrefix(let width): "has no number from 0 to \(width) behind the /"
        case .bitsBehindPrefix: "has bits set behind those that count"
        }
    }
}
