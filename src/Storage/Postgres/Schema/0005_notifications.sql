-- Notifications and how their delivery goes. The counter 'notification' orders the writers of all processes. created_at, due_at, expires_at, finished_at,
-- lease_until: ticks of 100 ns since 0001-01-01 UTC; state: 0 pending, 1 delivered, 2 failed, 3 expired; lease: 0 when free.
INSERT INTO counter(name, value) VALUES('notification', 0);
CREATE SEQUENCE notification_lease;
CREATE TABLE notification(
    id text COLLATE "C" PRIMARY KEY,
    endpoint text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    expires_at bigint NOT NULL,
    finished_at bigint,
    state smallint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    error text,
    lease bigint NOT NULL DEFAULT 0,
    lease_owner text,
    lease_until bigint NOT NULL DEFAULT 0,
    record bytea NOT NULL);
CREATE INDEX notification_by_endpoint ON notification(endpoint, due_at, lease_until) WHERE state = 0;
CREATE INDEX notification_by_expiry ON notification(expires_at) WHERE state = 0;
CREATE INDEX notification_by_end ON notification(finished_at, id) WHERE state <> 0;
CREATE INDEX notification_by_age ON notification(created_at, id);
