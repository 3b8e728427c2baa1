import TestSupport

/// The ways in which the bytes of a stream may arrive: byte by byte, and cut anywhere.
func cuts(_ input: [UInt8], _ generator: inout SeededGenerator) -> [[[UInt8]]] {
    [input.isEmpty ? [[]] : input.map { [$0] }, generator.pieces(of: input)]
}
