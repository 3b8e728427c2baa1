import EventLoop
import Limits
import Testing
import Wire

private let start: UInt64 = 5_000 * 1_000_000_000

struct PublishAllowanceTests {
    private let limits = NodeLimits()
    private let address = PeerAddress(ipv4: 0xC000_0201)

    private func allowance(_ user: String?) throws -> PublishAllowance {
        let name = try user.map { try UserName(validating: $0) }
        return PublishAllowance(TokenBucket(), user: name, address: address, of: limits, now: start)
    }

    private func isAllowed(_ allowance: PublishAllowance, _ rates: PublishRates) -> Limit? {
        do throws(RateExceeded) {
            try allowance.take(rates, now: start)
            return nil
        } catch {
            return error.limit
        }
    }

    @Test("connections of a user share the user's rate, and those of an address the address's")
    func sharing() throws {
        var rates = PublishRates()
        #expect(rates.isUnlimited)
        rates.perUser = RateLimit(1, per: .second, burst: 2)
        rates.perAddress = RateLimit(1, per: .second, burst: 3)
        let (first, second, other) = (try allowance("alice"), try allowance("alice"), try allowance("bob"))
        #expect(isAllowed(first, rates) == nil)
        #expect(isAllowed(second, rates) == nil)
        #expect(isAllowed(first, rates) == .publishRatePerUser)
        #expect(isAllowed(other, rates) == nil)
        #expect(isAllowed(other, rates) == .publishRatePerAddress)
    }

    @Test("what one limit refuses costs nothing of the others")
    func refund() throws {
        var rates = PublishRates()
        rates.perConnection = RateLimit(1, per: .second, burst: 2)
        rates.perUser = RateLimit(1, per: .second, burst: 2)
        rates.perAddress = RateLimit(1, per: .second, burst: 1)
        let one = try allowance("alice")
        #expect(isAllowed(one, rates) == nil)
        for _ in 0..<5 { #expect(isAllowed(one, rates) == .publishRatePerAddress) }
        rates.perAddress = nil
        #expect(isAllowed(one, rates) == nil)
        #expect(isAllowed(one, rates) == .publishRatePerConnection)
    }

    @Test("an error names the setting and its value, and says when to try again")
    func error() throws {
        var rates = PublishRates()
        rates.perConnection = RateLimit(10, per: .minute)
        let one = try allowance(nil)
        try one.take(rates, now: start)
        do throws(RateExceeded) {
            try one.take(rates, now: start)
            Issue.record("it was let through")
        } catch {
            let http = error.httpError
            #expect(http.status == .tooManyRequests && http.limit == .publishRatePerConnection)
            #expect(http.message == "limits.publish_rate_per_connection: more than 10 messages a minute")
            #expect(http.headers == [HTTPHeader("Retry-After", "6")])
            #expect(error.nativeError(.none).code == .rateLimited)
        }
    }
}
