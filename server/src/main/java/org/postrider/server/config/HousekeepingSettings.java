package org.postrider.server.config;

import java.time.Duration;

/**
 * What the server does for the store while it serves.
 *
 * @param sweepInterval how often the store is swept
 * @param scrubPeriod within which all messages are read and compared with their checksums; zero for
 *     never
 * @param scrubBytesPerSecond most octets read for that in a second
 * @param searchIndex whether searches have an index
 */
public record HousekeepingSettings(
    Duration sweepInterval, Duration scrubPeriod, long scrubBytesPerSecond, boolean searchIndex) {}
