import Broker
import EventLoop
import Front
import Limits

/// What one worker's thread does, from making the worker to the end of its loop.
struct WorkerBody: Sendable {
    let index: Int
    let settings: WorkerSettings
    let publicFolder: String?
    let broker: BrokerFactory
    /// Owned by the daemon.
    let listeners: [Listener]
    let readiness: Readiness
    /// Of all workers.
    let limits: NodeLimits
    let reports: Mailbox<WorkerReport>

    func run() {
        do throws(StartError) {
            try runWorker()
        } catch {
            reports.post(.failed(error.description))
        }
    }

    private func runWorker() throws(StartError) {
        do {
            let loop = try EventLoop()
            var worker: Worker?
            let mailbox = Mailbox<WorkerSignal>(on: loop) { signals in
                for signal in signals { carryOut(signal, worker) }
            }
            let made = try Worker(
                on: loop, settings: settings,
                broker: broker.make(on: loop, name: settings.name) { [weak mailbox] in
                    mailbox?.post(.drainBroker)
                },
                publicFolder: publicFolder.map { path throws(PublicFolderError) in try PublicFolder(path) },
                readiness: readiness, limits: limits,
                statusChanged: { status in
                    readiness.update(worker: index, status)
                    reports.post(.brokerChanged)
                })
            worker = made
            reports.post(.started(worker: index, mailbox))
            loop.run()
            mailbox.close()
            worker = nil
            reports.post(.ended)
        } catch {
            throw StartError("\(error)")
        }
    }

    private func carryOut(_ signal: WorkerSignal, _ worker: Worker?) {
        guard let worker else { return }
        switch signal {
        case .meet(let workers): worker.peers = workers
        case .adopt(let connection): worker.front.adopt(connection)
        case .drainBroker:
            (worker.broker as? MemoryBrokerPort)?.drain()
        case .listen:
            do throws(LoopError) {
                for listener in listeners { try worker.front.listen(on: listener) }
            } catch {
                reports.post(.failed(error.description))
            }
        case .configure(let settings): worker.configure(settings)
        case .renew(let tls): worker.renew(tls)
        case .drain(let time):
            worker.drain(within: time)
            reports.post(.stoppedListening)
        case .stop:
            worker.stop()
        }
    }
}
