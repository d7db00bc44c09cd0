// Package events sends findings, verifications and store accesses to a SIEM, as OCSF or ECS events: to a file, standard
// output, syslog (RFC 5424, over TLS as in RFC 5425) or an HTTP endpoint.
//
// Delivery is at least once: events are written to a spool and synced before anything is sent, and leave it only when
// the other side has taken them. What waits there after a crash or an outage is sent first by the next run. Each event
// has an id of its own, so a receiver can drop what comes twice.
//
//	report, audit lines → Record → Spool.Put → Sink.Send → Spool forgets
//
// Events hold no secret: they are made of masked reports and of audit lines. Start with Open and Spool.Deliver.
package events
