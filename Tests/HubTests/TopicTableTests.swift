import TestSupport
import Testing
import Wire

@testable import Hub

@Suite("A topic table")
struct TopicTableTests {
    private func find(_ table: TopicTable, _ topic: Topic) -> UInt32? {
        table.find(topic.kind, topic.name.bytes.span)
    }

    @Test("finds a hundred thousand topics by name, and none that was removed")
    func many() throws {
        let topics = try (0..<100_000).map { number in
            Topic(number % 2 == 0 ? .channel : .pattern, try ChannelName(validating: "room:\(number / 2)"))
        }
        var table = TopicTable()
        let indices = topics.map { table.insert($0) }
        #expect(table.count == topics.count)
        #expect(Set(indices).count == topics.count)
        #expect(zip(topics, indices).allSatisfy { find(table, $0) == $1 && table[$1].topic == $0 })
        #expect(find(table, .channel(try ChannelName(validating: "room:50000"))) == nil)

        for (number, index) in indices.enumerated() where number % 3 != 0 { table.remove(index) }
        #expect(table.count == (topics.count + 2) / 3)
        for (number, topic) in topics.enumerated() {
            guard find(table, topic) == (number % 3 == 0 ? indices[number] : nil) else {
                Issue.record("\(topic) is wrong")
                return
            }
        }
    }

    @Test("does what a dictionary does, through any mix of additions and removals")
    func model() throws {
        var generator = SeededGenerator(seed: 3)
        let topics = try (0..<200).map { Topic.channel(try ChannelName(validating: "c\($0)")) }
        var table = TopicTable()
        var model: [Topic: UInt32] = [:]
        for _ in 0..<20_000 {
            let topic = generator.pick(topics)
            if let index = model[topic] {
                guard find(table, topic) == index, table[index].topic == topic else {
                    Issue.record("\(topic) is lost")
                    return
                }
                table.remove(index)
                model[topic] = nil
            } else {
                guard find(table, topic) == nil else {
                    Issue.record("\(topic) is still there")
                    return
                }
                let index = table.insert(topic)
                guard !model.values.contains(index) else {
                    Issue.record("an index is used twice")
                    return
                }
                model[topic] = index
            }
        }
        #expect(table.count == model.count)
        #expect(model.allSatisfy { find(table, $0.key) == $0.value })
    }

    @Test("stays small when topics come and go one at a time")
    func churn() throws {
        var table = TopicTable()
        for number in 0..<10_000 {
            let index = table.insert(.channel(try ChannelName(validating: "c\(number)")))
            #expect(index == 0)
            table.remove(index)
        }
        #expect(table.count == 0)
    }

    @Test("starts a topic unconfirmed, also in a record that is used again, and suspends all")
    func live() throws {
        var table = TopicTable()
        let topics = try (0..<3).map { Topic.channel(try ChannelName(validating: "c\($0)")) }
        let indices = topics.map { table.insert($0) }
        for index in indices { table[index].isLive = true }
        table.remove(indices[0])
        let again = table.insert(topics[0])
        #expect(again == indices[0] && !table[again].isLive)
        table.suspendAll()
        #expect(indices.allSatisfy { !table[$0].isLive })
    }

    @Test("tells names apart that Unicode holds to be equal")
    func bytes() throws {
        var table = TopicTable()
        let composed = Topic.channel(try ChannelName(validating: "\u{E9}"))
        let decomposed = Topic.channel(try ChannelName(validating: "e\u{301}"))
        let index = table.insert(composed)
        #expect(find(table, decomposed) == nil)
        #expect(find(table, composed) == index)
    }
}
