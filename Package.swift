// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target: Swift 6 concurrency checking, and every use of an unsafe construct spelled out.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// One of Debian's C libraries: a module map and a shim header in `Sources/<name>`.
func debian(_ name: String, _ packages: String...) -> Target {
    .systemLibrary(name: name, providers: [.apt(packages)])
}

func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        swiftSettings: settings)
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")

/// What the fuzz targets look into.
let fuzzed: [Target.Dependency] = [
    "Access", "Broker", "Client", "EventLoop", "Redis", "Server", "SocketIO", "TestSupport", "Wire", crypto,
]

/// The fuzz targets: tests, or with ROOST_FUZZ in the environment the program that libFuzzer drives, which links only
/// when everything is built for it. See Deploy/test.
let fuzz: Target =
    Context.environment["ROOST_FUZZ"] == nil
    ? .testTarget(
        name: "FuzzTests", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["Corpus", "Driver"],
        swiftSettings: settings)
    : .executableTarget(
        name: "roost-fuzz", dependencies: fuzzed, path: "Tests/Fuzz", exclude: ["Corpus", "Tests"],
        swiftSettings: settings)

let package = Package(
    name: "roost",
    products: [.executable(name: "roost", targets: ["roost"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        debian("CUV", "libuv1-dev"),
        debian("CWebSockets", "libwebsockets-dev", "libwebsockets-evlib-uv"),
        debian("CHiredis", "libhiredis-dev"),
        debian("COpenSSL", "libssl-dev"),
        .target(name: "CRoost"),

        library("Wire", [crypto]),
        library("Hub", ["Wire", collections]),
        library("Broker", ["Wire", collections]),
        library(
            "Access", ["Broker", "Wire", crypto, .product(name: "JWTKit", package: "jwt-kit")]),
        library("EventLoop", ["CUV", "COpenSSL", "CRoost", "Wire"]),
        .target(
            name: "Redis",
            dependencies: ["Broker", "CHiredis", "EventLoop", "Wire", collections, crypto, logging],
            resources: [.embedInCode("Lua")], swiftSettings: settings),
        library("Limits", ["EventLoop", "Wire"]),
        library(
            "Front", ["CRoost", "CWebSockets", "EventLoop", "Hub", "Limits", "Wire", logging, crypto]),
        library("SocketIO", ["EventLoop", "Front", "Hub", "Wire", logging, collections]),
        library(
            "Server",
            [
                "Access", "Broker", "EventLoop", "Front", "Hub", "Limits", "Redis", "SocketIO", "Wire",
                logging,
                collections,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Yams", package: "Yams"),
            ]),
        library("Client", ["EventLoop", "Wire"]),
        library("Bench", ["Client", "CRoost", "EventLoop", "Wire"]),
        .executableTarget(
            name: "roost",
            dependencies: [
                "Access", "Bench", "Client", "Server", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),

        .target(
            name: "TestSupport", dependencies: ["Broker", "EventLoop", "Wire"],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests(of: "Wire"),
        tests(of: "Hub"),
        tests(of: "Broker", ["EventLoop", "Redis", "Wire"]),
        tests(of: "Access", ["Broker", "Wire", crypto, .product(name: "JWTKit", package: "jwt-kit")]),
        tests(of: "EventLoop"),
        tests(of: "Limits", ["EventLoop", "Wire"]),
        tests(of: "Redis", ["Broker", "EventLoop", "Wire"]),
        tests(of: "Front", ["Hub"]),
        tests(of: "SocketIO", ["EventLoop", "Front", "Hub", "Wire"]),
        tests(of: "Server", ["Access", "Broker", "Hub", "Limits", "SocketIO", "Wire"]),
        tests(of: "Client", ["EventLoop", "Wire"]),
        tests(of: "Bench", ["Client", "EventLoop", "Wire"]),
        fuzz,

        // The server that the test suites of Engine.IO's and Socket.IO's descriptions ask for.
        .executableTarget(
            name: "roost-socketio-fixture", dependencies: ["EventLoop", "Front", "Hub", "SocketIO", "Wire"],
            path: "Tests/SocketIOFixture", swiftSettings: settings),

        // What delivery costs are measured against: see Deploy/bench.
        .executableTarget(
            name: "roost-floor", path: "Tests/Floor",
            linkerSettings: [
                .linkedLibrary("hiredis"), .linkedLibrary("uv"), .linkedLibrary("websockets"),
            ]),
    ]
)
