import Access
import Front
import Hub
import Wire

/// What the client may do, and for how long.
extension NativeSession: ExpiringSession {
    func require(
        _ operation: Access.Operation, _ topic: Topic, _ reference: NativeReference
    ) throws(NativeError) {
        do throws(AccessDenial) {
            try identity.require(operation, topic)
        } catch {
            throw error.nativeError(reference)
        }
    }

    func requirePublish(to channel: ChannelName, _ reference: NativeReference) throws(NativeError) {
        guard permissionCache.allowPublish(to: channel, by: identity.permissions) else {
            throw identity.denial(.publish, channel).nativeError(reference)
        }
    }

    func accessEnded(_ reason: String) {
        if let connection { worker.front.close(connection, .tokenExpired, reason) }
    }

    /// Goes on with another token, and gives up what that does not permit.
    func authenticate(
        _ token: [UInt8], _ reference: NativeReference, _ connection: ConnectionID
    ) throws(NativeError) {
        let fresh: Identity
        do throws(AccessDenial) {
            fresh = try worker.access.identify(token: token.span)
        } catch {
            throw error.nativeError(reference)
        }
        guard worker.access.isOpen || fresh.user == identity.user, fresh.credentials == identity.credentials
        else {
            throw NativeError(
                .forbidden, "the token is another user's; connect anew to become somebody else",
                reference: reference)
        }
        if !worker.access.isOpen {
            identity = fresh
            permissionCache = PermissionCache()
            worker.expiry.watch(self, identity)
            giveUpForbidden(connection)
        }
        Self.send(to: connection, by: worker.front) { bytes in
            NativeEncoder.appendAuthenticated(
                user: identity.user, expires: identity.expires, reference, to: &bytes)
        }
    }

    private func giveUpForbidden(_ connection: ConnectionID) {
        var topics = Set(awaited.keys)
        worker.front.hub.forEachTopic(of: connection.slot) { topics.insert($0) }
        for topic in topics where (try? identity.require(.subscribe, topic)) == nil {
            end(topic, because: .forbidden)
        }
        for queue in worker.queues.queues(of: connection) where !identity.permissions.allow(.queues, queue) {
            worker.queues.stopWorking(connection, queue)
        }
    }
}
