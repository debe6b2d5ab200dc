"""Asset lists: untrusted CSV in, accepted rows and named refusals out, as a stream."""
