import Hub
import Wire

/// The formats of one worker's event streams, so that streams that are sent the same share one. Confined to its
/// worker's thread.
final class EventStreamFormats {
    private struct Key: Hashable {
        let channels: [ChannelName]
        let form: EventStreamEncoder.Form
    }

    private struct Shared {
        let format: EventStreamFormat
        var count: Int
    }

    private unowned let worker: Worker
    private let json: EventStreamFormat
    private let text: EventStreamFormat
    private let jsonWithoutID: EventStreamFormat
    private let textWithoutID: EventStreamFormat
    private var sets: [Key: Shared] = [:]

    init(worker: Worker) {
        self.worker = worker
        json = EventStreamFormat(.json, .own, worker: worker)
        text = EventStreamFormat(.text, .own, worker: worker)
        jsonWithoutID = EventStreamFormat(.json, .none, worker: worker)
        textWithoutID = EventStreamFormat(.text, .none, worker: worker)
    }

    /// With each message's own id.
    func single(_ form: EventStreamEncoder.Form) -> WireFormat {
        .encoded(by: form == .json ? json : text)
    }

    func withoutID(_ form: EventStreamEncoder.Form) -> WireFormat {
        .encoded(by: form == .json ? jsonWithoutID : textWithoutID)
    }

    /// With the positions of several channels. Each call needs its `drop`.
    func take(_ channels: [ChannelName], _ form: EventStreamEncoder.Form) -> WireFormat {
        let key = Key(channels: channels, form: form)
        let format = sets[key]?.format ?? EventStreamFormat(form, .all(channels), worker: worker)
        sets[key, default: Shared(format: format, count: 0)].count += 1
        return .encoded(by: format)
    }

    func drop(_ channels: [ChannelName], _ form: EventStreamEncoder.Form) {
        let key = Key(channels: channels, form: form)
        sets[key]?.count -= 1
        if sets[key]?.count == 0 { sets[key] = nil }
    }
}
