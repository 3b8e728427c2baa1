import TestSupport
import Testing
import Wire

@Suite("A WebSocket decoder")
struct WebSocketDecoderTests {
    // MARK: Frames

    @Test("knows every opcode")
    func opcodes() {
        #expect(DecodedEvent.all(in: RawFrame(.text, Array("hé".utf8))) == [.text("hé")])
        #expect(DecodedEvent.all(in: RawFrame(.binary, [0, 0xFF])) == [.binary([0, 0xFF])])
        #expect(DecodedEvent.all(in: RawFrame(.ping, [1, 2])) == [.ping([1, 2])])
        #expect(DecodedEvent.all(in: RawFrame(.pong, [3])) == [.pong([3])])
        #expect(DecodedEvent.all(in: RawFrame.close(1000)) == [.close(1000)])
        #expect(DecodedEvent.all(in: RawFrame(.text), RawFrame(.ping)) == [.text(""), .ping([])])
    }

    @Test("decodes the examples of RFC 6455 section 5.7")
    func examplesOfTheRFC() {
        let masked: [UInt8] = [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]
        #expect(DecodedEvent.all(in: masked) == [.text("Hello")])
        let unmasked: [UInt8] = [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
        #expect(DecodedEvent.all(in: unmasked, role: .client) == [.text("Hello")])
        let fragmented: [UInt8] = [0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F]
        #expect(DecodedEvent.all(in: fragmented, role: .client) == [.text("Hello")])
        let ping: [UInt8] = [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]
        #expect(DecodedEvent.all(in: ping, role: .client) == [.ping(Array("Hello".utf8))])
    }

    @Test("decodes every form of length", arguments: [0, 1, 125, 126, 127, 255, 65535, 65536, 70000])
    func lengths(_ count: Int) {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let bytes = RawFrame(.binary, payload).bytes
        #expect(DecodedEvent.all(in: bytes) == [.binary(payload)])
        let middle = bytes.count / 2
        #expect(
            DecodedEvent.all(in: [Array(bytes[..<middle]), Array(bytes[middle...])]) == [.binary(payload)])
        var bare = RawFrame(.binary, payload)
        bare.mask = nil
        #expect(DecodedEvent.all(in: bare.bytes, role: .client) == [.binary(payload)])
    }

    @Test("refuses a length that is not in its shortest form", arguments: [0, 1, 125, 126, 65535])
    func longLengths(_ count: Int) {
        var frame = RawFrame(.binary, [UInt8](repeating: 1, count: count))
        frame.lengthForm = .eight
        #expect(DecodedEvent.all(in: frame).first?.failureCode == .protocolError)
        frame.lengthForm = .two
        if count < 126 { #expect(DecodedEvent.all(in: frame).first?.failureCode == .protocolError) }
    }

    @Test("refuses a length over 63 bits", arguments: [1 << 63, UInt64.max])
    func negativeLengths(_ length: UInt64) {
        var frame = RawFrame(.binary)
        frame.lengthForm = .eight
        frame.length = length
        #expect(DecodedEvent.all(in: frame.bytes, maximum: .max).last?.failureCode == .protocolError)
        frame.length = UInt64(Int.max)
        #expect(DecodedEvent.all(in: frame.bytes, maximum: .max) == [])
    }

    @Test(
        "unmasks with any key, at any offset",
        arguments: [
            [0, 0, 0, 0], [0xFF, 0, 0, 0], [0, 0, 0, 0xFF], [1, 2, 4, 8], [0xDE, 0xAD, 0xBE, 0xEF],
        ])
    func masks(_ mask: [UInt8]) {
        for count in 0..<40 {
            var frame = RawFrame(.binary, (0..<count).map { UInt8($0) })
            frame.mask = mask
            for padding in 0..<9 {
                // An unmasked neighbour in the same read moves the payload to every alignment.
                let before = RawFrame(.ping, [UInt8](repeating: 0x55, count: padding))
                #expect(
                    DecodedEvent.all(in: before.bytes + frame.bytes)
                        == [.ping(before.payload), .binary(frame.payload)])
            }
        }
    }

    @Test("leaves bytes behind the frame alone")
    func untouchedBytes() throws {
        var bytes = RawFrame(.text, Array("abc".utf8)).bytes
        let end = bytes.count
        bytes += [1, 2, 3, 4, 5, 6, 7, 8]
        var decoder = WebSocketDecoder(role: .server, maximumMessageSize: 100)
        var position = 0
        var span = bytes.mutableSpan
        #expect(try decoder.next(&span, &position) == .message(isText: true, .input((end - 3)..<end)))
        #expect(position == end)
        #expect([UInt8](copying: span.span.extracting(end..<(end + 8))) == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test("sees the same events however the bytes are cut")
    func splits() {
        var long = RawFrame(.binary, (0..<300).map { UInt8(truncatingIfNeeded: $0) })
        long.mask = [9, 8, 7, 6]
        let bytes = [
            RawFrame(.text, Array("né".utf8)), RawFrame(.ping, [1, 2, 3, 4, 5]),
            RawFrame(.text, Array("a€".utf8), isFinal: false), RawFrame(.pong, [6]),
            RawFrame(.continuation, [], isFinal: false), RawFrame(.continuation, Array("😀z".utf8)),
            long, RawFrame(.text), RawFrame.close(1001, Array("bye".utf8)),
        ].flatMap(\.bytes)
        let whole = DecodedEvent.all(in: bytes)
        #expect(whole.count == 7)
        for cut in 0...bytes.count {
            #expect(DecodedEvent.all(in: [Array(bytes[..<cut]), Array(bytes[cut...])]) == whole)
        }
        #expect(DecodedEvent.all(in: bytes.map { [$0] }) == whole)
    }

    // MARK: Fragments

    @Test("joins fragments, with control frames between them")
    func fragments() {
        #expect(
            DecodedEvent.all(
                in: RawFrame(.text, Array("one ".utf8), isFinal: false), RawFrame(.ping, [7]),
                RawFrame(.continuation, Array("two ".utf8), isFinal: false), RawFrame(.pong),
                RawFrame(.continuation, Array("three".utf8)), RawFrame(.binary, [1]))
                == [.ping([7]), .pong([]), .text("one two three"), .binary([1])])
    }

    @Test("joins empty fragments")
    func emptyFragments() {
        #expect(
            DecodedEvent.all(
                in: RawFrame(.binary, isFinal: false), RawFrame(.continuation, isFinal: false),
                RawFrame(.continuation), RawFrame(.text, isFinal: false), RawFrame(.continuation, [0x61]))
                == [.binary([]), .text("a")])
    }

    @Test("refuses fragments that do not belong together")
    func strayFragments() {
        #expect(DecodedEvent.all(in: RawFrame(.continuation)).last?.failureCode == .protocolError)
        #expect(
            DecodedEvent.all(in: RawFrame(.continuation, isFinal: false)).last?.failureCode == .protocolError)
        #expect(
            DecodedEvent.all(in: RawFrame(.text, isFinal: false), RawFrame(.text)).last?.failureCode
                == .protocolError)
        #expect(
            DecodedEvent.all(
                in: RawFrame(.text, isFinal: false), RawFrame(.continuation), RawFrame(.continuation)
            ).last?.failureCode == .protocolError)
    }

    // MARK: Limits

    @Test("takes a message of exactly the maximum and refuses one byte more, before it has come")
    func limit() {
        let largest = RawFrame(.binary, [UInt8](repeating: 1, count: 200))
        #expect(DecodedEvent.all(in: largest.bytes, maximum: 200) == [.binary(largest.payload)])
        var larger = RawFrame(.binary)
        larger.length = 201
        #expect(DecodedEvent.all(in: larger.bytes, maximum: 200).last?.failureCode == .messageTooBig)
    }

    @Test("counts the maximum over all fragments, and anew for each message")
    func limitOverFragments() {
        let fragments =
            RawFrame(.binary, [1, 2, 3], isFinal: false).bytes
            + RawFrame(.continuation, [4, 5, 6], isFinal: false).bytes
        let last = RawFrame(.continuation, [7, 8])
        let whole = DecodedEvent.binary([1, 2, 3, 4, 5, 6, 7, 8])
        let twice = fragments + last.bytes + fragments + last.bytes
        #expect(DecodedEvent.all(in: twice, maximum: 8) == [whole, whole])
        #expect(DecodedEvent.all(in: twice, maximum: 7).map(\.failureCode) == [.messageTooBig])
    }

    @Test("does not count control frames towards the maximum")
    func limitOfControlFrames() {
        let ping = RawFrame(.ping, [UInt8](repeating: 2, count: 125))
        #expect(DecodedEvent.all(in: ping.bytes, maximum: 0) == [.ping(ping.payload)])
        #expect(DecodedEvent.all(in: RawFrame(.text).bytes, maximum: 0) == [.text("")])
    }

    // MARK: What is refused

    @Test("refuses reserved bits", arguments: 1...7 as ClosedRange<UInt8>)
    func reservedBits(_ bits: UInt8) {
        for opcode in [WebSocketOpcode.text, .binary, .ping, .close] {
            var frame = RawFrame(opcode)
            frame.reserved = bits
            #expect(DecodedEvent.all(in: frame).last?.failureCode == .protocolError)
        }
    }

    @Test("refuses reserved opcodes", arguments: [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] as [UInt8])
    func reservedOpcodes(_ opcode: UInt8) {
        let event = DecodedEvent.all(in: RawFrame(opcode)).last
        #expect(event == .failure(WebSocketError(.protocolError, "opcode \(opcode) is reserved")))
    }

    @Test(
        "refuses long and fragmented control frames", arguments: [.close, .ping, .pong] as [WebSocketOpcode])
    func badControlFrames(_ opcode: WebSocketOpcode) {
        let long = RawFrame(opcode, [UInt8](repeating: 0x61, count: 126))
        #expect(DecodedEvent.all(in: long).last?.failureCode == .protocolError)
        #expect(DecodedEvent.all(in: RawFrame(opcode, isFinal: false)).last?.failureCode == .protocolError)
    }

    @Test("wants a client's frames masked and a server's not")
    func roles() {
        var bare = RawFrame(.text, [0x61])
        bare.mask = nil
        #expect(DecodedEvent.all(in: bare.bytes, role: .server).last?.failureCode == .protocolError)
        #expect(DecodedEvent.all(in: bare.bytes, role: .client) == [.text("a")])
        let masked = RawFrame(.text, [0x61]).bytes
        #expect(DecodedEvent.all(in: masked, role: .client).last?.failureCode == .protocolError)
    }

    @Test("gives reasons that fit into a close frame")
    func reasons() {
        var events: [DecodedEvent] = []
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                events += DecodedEvent.all(
                    in: [first, second] + [UInt8](repeating: 0xFF, count: 12), maximum: 1)
            }
        }
        let failures = events.compactMap { event in
            if case .failure(let error) = event { error } else { nil }
        }
        #expect(!failures.isEmpty)
        #expect(failures.allSatisfy { (1...123).contains($0.reason.utf8.count) })
    }

    // MARK: Closing

    @Test(
        "takes every close code that may be sent",
        arguments: [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
        ]
            as [UInt16])
    func closeCodes(_ code: UInt16) {
        #expect(DecodedEvent.all(in: RawFrame.close(code, Array("wíth reason".utf8))) == [.close(code)])
    }

    @Test(
        "refuses close codes that may not be sent",
        arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535] as [UInt16])
    func badCloseCodes(_ code: UInt16) {
        #expect(DecodedEvent.all(in: RawFrame.close(code)).last?.failureCode == .protocolError)
    }

    @Test("takes a close without a code, refuses one with half a code")
    func closePayloads() {
        #expect(DecodedEvent.all(in: RawFrame(.close)) == [.close(nil)])
        #expect(DecodedEvent.all(in: RawFrame(.close, [3])).last?.failureCode == .protocolError)
        let longest = [UInt8](repeating: 0x61, count: 123)
        #expect(DecodedEvent.all(in: RawFrame.close(1000, longest)) == [.close(1000)])
    }

    @Test("refuses a close reason that is not UTF-8")
    func closeReason() {
        #expect(DecodedEvent.all(in: RawFrame.close(1000, [0xC3])).last?.failureCode == .invalidPayload)
        #expect(
            DecodedEvent.all(in: RawFrame.close(1000, [0xED, 0xA0, 0x80])).last?.failureCode
                == .invalidPayload)
    }

    // MARK: Text

    @Test("refuses text that is not UTF-8, also where the fragments hide it")
    func invalidText() {
        let bad: [[UInt8]] = [
            [0x80], [0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        ]
        for bytes in bad {
            #expect(DecodedEvent.all(in: RawFrame(.text, bytes)).last?.failureCode == .invalidPayload)
            #expect(
                DecodedEvent.all(
                    in: RawFrame(.text, Array(bytes.prefix(1)), isFinal: false),
                    RawFrame(.continuation, Array(bytes.dropFirst()))
                ).last?.failureCode == .invalidPayload)
        }
    }

    @Test("takes a character that is cut between fragments")
    func splitCharacter() {
        let text = Array("κόσμε😀".utf8)
        for cut in 0...text.count {
            #expect(
                DecodedEvent.all(
                    in: RawFrame(.text, Array(text[..<cut]), isFinal: false),
                    RawFrame(.continuation, Array(text[cut...]))) == [.text(text)])
        }
    }

    @Test("leaves text unchecked where its consumer checks it, and binary always")
    func uncheckedText() {
        #expect(DecodedEvent.all(in: RawFrame(.text, [0xFF]).bytes, validatesText: false) == [.text([0xFF])])
        #expect(DecodedEvent.all(in: RawFrame(.binary, [0xFF])) == [.binary([0xFF])])
    }
}
