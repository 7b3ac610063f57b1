package org.postrider.smtp;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** LIMITS (RFC 9422): says beforehand what would be refused. */
final class LimitsExtension implements SmtpExtension {
  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    SmtpSettings settings = session.settings();
    SmtpSettings.ExtensionLimits limits = settings.extensions();
    StringBuilder line = new StringBuilder("LIMITS");
    if (limits.transactionsMax() > 0) {
      line.append(" MAILMAX=").append(limits.transactionsMax());
    }
    line.append(" RCPTMAX=").append(settings.recipientsMax());
    if (limits.recipientDomainsMax() > 0) {
      line.append(" RCPTDOMAINMAX=").append(limits.recipientDomainsMax());
    }
    return Optional.of(line.toString());
  }

  @Override
  public void checkMail(Envelope envelope, SmtpSession session) throws SmtpRefusal {
    int max = session.settings().extensions().transactionsMax();
    if (max > 0 && session.transactions() >= max) {
      throw new SmtpRefusal(Replies.TOO_MANY_TRANSACTIONS);
    }
  }

  @Override
  public void checkRcpt(ForwardPath path, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    int max = session.settings().extensions().recipientDomainsMax();
    if (max == 0) {
      return;
    }
    Set<String> domains = new HashSet<>();
    envelope.recipients().forEach(known -> domains.add(domain(known.path())));
    domains.add(domain(path));
    if (domains.size() > max) {
      throw new SmtpRefusal(Replies.TOO_MANY_DOMAINS);
    }
  }

  private static String domain(ForwardPath path) {
    return switch (path) {
      case ForwardPath.Postmaster() -> "";
      case ForwardPath.Recipient(MailAddress(_, String domain)) -> domain.toLowerCase(Locale.ROOT);
    };
  }
}
