public import Identity

/// What only tells notices' identifiers from others.
public enum NoticeIdentity {}
/// Identifies a notice.
public typealias NoticeID = Identifier<NoticeIdentity>

/// What only tells push targets' identifiers from others.
public enum PushTargetIdentity {}
/// Identifies an address at which a device is reached.
public typealias PushTargetID = Identifier<PushTargetIdentity>
