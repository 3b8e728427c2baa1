/// Request heads at the borders of RFC 9112.
enum HTTPCorpus {
    private static func get(_ fields: String) -> String { "GET / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n" }

    static let malformed =
        [
            // Section 2.2: line ends, and white space before the first field.
            "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\n\r\n",
            "GET / HTTP/1.1\rHost: h\r\n\r\n",
            "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
            " GET / HTTP/1.1\r\n\r\n",
            // Section 3: the request line.
            "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "GET /  HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
            "GET\t/\tHTTP/1.1\r\nHost: h\r\n\r\n", "GET /\r\n\r\n", "GET\r\n\r\n",
            "GET / \r\nHost: h\r\n\r\n",
            "GET / http/1.1\r\nHost: h\r\n\r\n", "GET / XTTP/1.1\r\nHost: h\r\n\r\n",
            "G(T / HTTP/1.1\r\nHost: h\r\n\r\n",
            "GÉT / HTTP/1.1\r\nHost: h\r\n\r\n",
            "\(String(repeating: "G", count: 33)) / HTTP/1.1\r\nHost: h\r\n\r\n",
            // Section 3.2: the target.
            "GET a HTTP/1.1\r\nHost: h\r\n\r\n", "GET /#a HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET * HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /\u{7F} HTTP/1.1\r\nHost: h\r\n\r\n", "GET /\u{0} HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET /é HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n",
            "GET http:// HTTP/1.1\r\nHost: h\r\n\r\n", "GET https://?a HTTP/1.1\r\nHost: h\r\n\r\n",
            "CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", "GET ?a HTTP/1.1\r\nHost: h\r\n\r\n",
            // Section 3.2: Host.
            "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHosts: a\r\n\r\n",
        ]
        + [
            // Section 5: fields, and folding.
            "A : b\r\n", "A\t: b\r\n", " A: b\r\n", "A: b\r\n c\r\n", "A: b\r\n\tc\r\n", ": b\r\n", "A\r\n",
            "A b\r\n", "=\r\n",
            "A: b\rc\r\n", "A: b\r\r\n", "A: b\nc: d\r\n", "A: \u{0}\r\n", "A: \u{7F}\r\n", "A(: b\r\n",
            "Ä: b\r\n", "A;: b\r\n",
        ].map(get)

    /// Streams of requests without bodies, whole and broken.
    static let streams = [
        "GET /1?a=b HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n\r\nHEAD /2 HTTP/1.0\r\n\r\nOPTIONS * HTTP/1.1\r\nhost:h\r\n\r\n",
        "\r\n\r\nPOST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        "\r\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r\n\nGET",
        "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive, Upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: b\nc: d\r\n\r\n",
        "GET /\(String(repeating: "a", count: 250)) HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: \(String(repeating: "a", count: 250))\r\n\r\n",
        "GET / HTTP/2.0\r\n\r\n",
    ]
}
