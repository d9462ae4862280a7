-- People, and how they sign in. What is personal is sealed under a key of the person's (data_key), which a master key
-- wraps; what people are found by is kept as keyed indexes (lookup). Whoever has these tables alone knows nobody.
-- Roles, kinds and states are numbers of the program's own; moments are microseconds since 1970.

CREATE TABLE person (
    id uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    role smallint NOT NULL,
    -- Which master key wraps data_key; both are null once the person is erased.
    master_key text,
    data_key bytea,
    profile bytea,
    handle bytea UNIQUE,
    -- Argon2id, in the PHC string format.
    password text,
    password_at bigint NOT NULL,
    -- The secret of time-based codes, sealed; in use once confirmed. The last step whose code was taken.
    totp bytea,
    totp_confirmed_at bigint,
    totp_step bigint NOT NULL DEFAULT 0,
    CHECK ((data_key IS NULL) = (master_key IS NULL))
) WITH (fillfactor = 80);

CREATE TABLE contact (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    kind smallint NOT NULL,
    lookup bytea NOT NULL UNIQUE,
    sealed bytea NOT NULL,
    verified_at bigint NOT NULL
);
CREATE INDEX contact_person ON contact (person_id);

-- Codes that were sent. Nobody can tell from a row whether its contact was known.
CREATE TABLE verification (
    id uuid PRIMARY KEY,
    purpose smallint NOT NULL,
    lookup bytea NOT NULL,
    person_id uuid,
    -- Null where no code was sent that would be right.
    code bytea,
    master_key text,
    data_key bytea,
    payload bytea,
    failures smallint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    used_at bigint
);
CREATE INDEX verification_expires_at ON verification (expires_at);
CREATE INDEX verification_lookup ON verification (lookup, created_at);

CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES person,
    digest bytea NOT NULL,
    used_at bigint,
    PRIMARY KEY (person_id, digest)
);

-- Passkeys (WebAuthn): the credential's identifier, its public key (COSE), and what its authenticator said of itself.
CREATE TABLE passkey (
    id bytea PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    is_backup_eligible boolean NOT NULL,
    is_backed_up boolean NOT NULL,
    transports text NOT NULL,
    aaguid bytea NOT NULL,
    name bytea NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX passkey_person ON passkey (person_id);

-- What a passkey was asked to sign, until it is answered, rightly or wrongly.
CREATE TABLE passkey_challenge (
    id uuid PRIMARY KEY,
    purpose smallint NOT NULL,
    person_id uuid,
    challenge bytea NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX passkey_challenge_expires_at ON passkey_challenge (expires_at);

CREATE TABLE device (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    name bytea NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX device_person ON device (person_id);

-- Who may ask for tokens. A client without a secret is public: an application on a person's device.
CREATE TABLE client (
    id text PRIMARY KEY,
    name text NOT NULL,
    secret bytea,
    -- One a line.
    redirect_uris text NOT NULL,
    scopes bigint NOT NULL,
    created_at bigint NOT NULL,
    ended_at bigint
);

-- Sign-ins under way, and, for a few minutes, those that are complete: what a browser's cookie stands for.
CREATE TABLE sign_in (
    digest bytea PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    device_id uuid NOT NULL,
    device_name bytea,
    methods smallint NOT NULL,
    is_complete boolean NOT NULL,
    failures smallint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
);
CREATE INDEX sign_in_expires_at ON sign_in (expires_at);

CREATE TABLE session (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    device_id uuid NOT NULL REFERENCES device,
    client_id text NOT NULL REFERENCES client,
    scopes bigint NOT NULL,
    methods smallint NOT NULL,
    authenticated_at bigint NOT NULL,
    created_at bigint NOT NULL,
    last_used_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    ended_at bigint,
    end_cause smallint
) WITH (fillfactor = 80);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_ended_at ON session (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE authorization_code (
    digest bytea PRIMARY KEY,
    client_id text NOT NULL,
    person_id uuid NOT NULL,
    device_id uuid NOT NULL,
    device_name bytea,
    methods smallint NOT NULL,
    authenticated_at bigint NOT NULL,
    redirect_uri text NOT NULL,
    challenge text NOT NULL,
    scopes bigint NOT NULL,
    expires_at bigint NOT NULL,
    -- The session that it was exchanged for: shown again, the code ends it.
    session_id uuid
);
CREATE INDEX authorization_code_expires_at ON authorization_code (expires_at);

-- Refresh tokens, each used once: a session's are a family.
CREATE TABLE refresh_token (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES session,
    issued_at bigint NOT NULL,
    used_at bigint
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);

-- Keys that sign access tokens (ES256); the private half is sealed, the key that seals it is wrapped by a master key.
CREATE TABLE signing_key (
    id text PRIMARY KEY,
    master_key text NOT NULL,
    data_key bytea NOT NULL,
    private_key bytea NOT NULL,
    created_at bigint NOT NULL
);

-- Failures of those who try to sign in, by keyed index of account, address, or both.
CREATE TABLE attempt (
    lookup bytea PRIMARY KEY,
    failures integer NOT NULL,
    failed_at bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX attempt_failed_at ON attempt (failed_at);
