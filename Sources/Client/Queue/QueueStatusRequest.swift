import EventLoop
import Wire

/// Asks once how a queue stands. Confined to its loop's thread.
public final class QueueStatusRequest {
    private let client: HTTPClient
    private let queue: QueueName

    public init(on loop: EventLoop, _ settings: WebSocketClient.Settings, _ queue: QueueName) {
        client = HTTPClient(on: loop, settings)
        self.queue = queue
    }

    /// - Parameter completion: hears the status as the server's JSON, once.
    public func start(then completion: @escaping (Result<[UInt8], ClientError>) -> Void) {
        client.send(HTTPClientRequest(method: "GET", path: DoorPath.queue(queue))) { [client] result in
            client.close()
            completion(
                result.flatMap { response in
                    if let error = response.error { return .failure(error) }
                    return .success(response.body)
                })
        }
    }
}
