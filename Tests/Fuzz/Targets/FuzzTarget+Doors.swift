import Broker
import TestSupport
import Wire

@testable import Server

extension FuzzTarget {
    static let doors = [
        FuzzTarget("native", count: 20_000) { input, _ in NativeFrame.check(input) },
        FuzzTarget("message", count: 20_000) { input, _ in
            let channel = ChannelName.chat.bytes
            guard let view = MessageView(input.span, channel: channel.span) else { return nil }
            guard JSONGrammar.isText(input, maximumDepth: JSON.maximumDepth + 1) else {
                return "it is not JSON"
            }
            guard UTF8Validator.isValid(view.withoutID(input.span).span) else { return "half a message" }
            var again: [UInt8] = []
            MessageEncoder.append(
                channel: channel.span, event: view.event.string(in: input.span),
                from: view.from?.string(in: input.span), time: view.time,
                data: input.span.extracting(view.data.range), form: .json, to: &again)
            guard let copy = MessageView(again.span, channel: channel.span) else {
                return "it does not encode again"
            }
            guard copy.time == view.time, again[copy.data.range] == input[view.data.range],
                copy.event.string(in: again.span) == view.event.string(in: input.span),
                copy.from?.string(in: again.span) == view.from?.string(in: input.span)
            else { return "encoded again it is another message" }
            return nil
        },
        FuzzTarget("emitters", count: 20_000) { input, _ in
            do throws(EmitterError) {
                guard case .emit(let emission) = try EmitterDecoder.decode(input.span) else { return nil }
                return MessageMaking.check(emission)
            } catch {
                if case .malformed(let reason) = error, reason.isEmpty { return "an error without words" }
                return nil
            }
        },
        FuzzTarget("signals", notation: .escaped) { input, _ in
            if let message = ControlMessage(input.span), ControlMessage(message.payload.span) != message {
                return "a control message that cannot be said again"
            }
            if let signal = PresenceSignal(input.span), signal.payload != input {
                return "a presence signal that is said otherwise"
            }
            if let signal = InboxSignal(input.span), InboxSignal(signal.payload.span) != signal {
                return "an inbox signal that cannot be said again"
            }
            if let id = MessageID(input.span), Array(id.description.utf8) != input {
                return "an id that is written otherwise"
            }
            return nil
        },
    ]
}

private enum NativeFrame {
    /// A command only where all is right, and what is answered is JSON.
    static func check(_ input: [UInt8]) -> String? {
        var reply: [UInt8] = []
        do throws(NativeError) {
            let (command, reference) = try NativeDecoder.decode(input.span)
            guard JSONGrammar.isText(input, maximumDepth: JSON.maximumDepth + 1) else {
                return "it is not JSON"
            }
            if case .publish(let publish) = command {
                return MessageMaking.check(
                    publish.channel, publish.event, input.span.extracting(publish.data), .json)
            }
            if case .queue(_, .push(let data, _)) = command,
                (try? JSON.validate(input.span.extracting(data))) == nil
            {
                return "a job that is not JSON"
            }
            NativeEncoder.appendPong(reference, to: &reply)
        } catch {
            guard !error.message.isEmpty else { return "an error without words" }
            NativeEncoder.appendError(error, to: &reply)
        }
        return JSONGrammar.isText(reply, maximumDepth: 1) ? nil : "the reply is not JSON"
    }
}

/// Whether what somebody publishes becomes a message that is whole.
enum MessageMaking {
    static func check(
        _ channel: ChannelName, _ event: [UInt8]?, _ data: Span<UInt8>, _ form: MessageEncoder.DataForm
    ) -> String? {
        let name = channel.bytes
        var message: [UInt8] = []
        MessageEncoder.append(
            channel: name.span, event: event, from: nil, time: 1, data: data, form: form, to: &message)
        return MessageView(message.span, channel: name.span) == nil ? "no valid message comes of it" : nil
    }

    static func check(_ emission: EmitterMessage.Emission) -> String? {
        switch emission.data {
        case .json(let json): check(.chat, emission.event, json.span, .json)
        case .bytes(let bytes): check(.chat, emission.event, bytes.span, .binary)
        }
    }
}
