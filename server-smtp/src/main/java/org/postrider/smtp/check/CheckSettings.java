package org.postrider.smtp.check;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The checks that are made, in this order: clamd, rspamd, milters.
 *
 * @param milters in the order in which they are asked
 */
public record CheckSettings(@Nullable Clamd clamd, @Nullable Rspamd rspamd, List<Milter> milters) {
  /** No checks. */
  public static final CheckSettings NONE = new CheckSettings(null, null, List.of());

  /**
   * ClamAV's daemon.
   *
   * @param sizeMax longest message that is given to it, octets; longer ones pass
   */
  public record Clamd(PeerAddress address, long sizeMax, CheckLimits limits) {}

  /**
   * Rspamd, over HTTP.
   *
   * @param url of its worker, for instance {@code http://127.0.0.1:11333}
   * @param sizeMax longest message that is given to it, octets; longer ones pass
   * @param junk whether mail it takes for spam, but does not refuse, is filed as junk
   */
  public record Rspamd(URI url, long sizeMax, boolean junk, CheckLimits limits) {}

  /** A milter. */
  public record Milter(PeerAddress address, CheckLimits limits) {}

  /** The checks themselves. */
  public List<MailCheck> checks() {
    List<MailCheck> checks = new ArrayList<>();
    if (clamd != null) {
      checks.add(new GuardedCheck("clamd", new ClamdCheck(clamd), clamd.limits()));
    }
    if (rspamd != null) {
      checks.add(new GuardedCheck("rspamd", new RspamdCheck(rspamd), rspamd.limits()));
    }
    for (Milter milter : milters) {
      checks.add(
          new GuardedCheck("milter " + milter.address(), new MilterCheck(milter), milter.limits()));
    }
    return List.copyOf(checks);
  }
}
