package org.postrider.smtp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.postrider.smtp.relay.Utf8Address;
import org.postrider.smtp.relay.Xtext;

/**
 * DSN (RFC 3461; RFC 6533 for addresses beyond ASCII): what the sender wants to hear of his
 * message. The parameters are kept with it; who brings it on obeys them.
 */
final class DsnExtension implements SmtpExtension {
  /** RFC 3461 §4.4, octets. */
  private static final int ENVID_MAX = 100;

  /** RFC 3461 §4.2, octets. */
  private static final int ORCPT_MAX = 500;

  private static final List<String> NOTIFY = List.of("SUCCESS", "FAILURE", "DELAY");

  @Override
  public Optional<String> ehloLine(SmtpSession session) {
    return Optional.of("DSN");
  }

  @Override
  public boolean mailParameter(MailParameter parameter, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    switch (parameter.keyword()) {
      case "RET" -> envelope.keep(new MailParameter("RET", ret(parameter.text())));
      case "ENVID" -> envelope.keep(new MailParameter("ENVID", envid(parameter.text())));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String ret(String value) throws SmtpRefusal {
    String upper = value.toUpperCase(Locale.ROOT);
    if (!upper.equals("FULL") && !upper.equals("HDRS")) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    return upper;
  }

  private static String envid(String value) throws SmtpRefusal {
    if (value.isEmpty() || value.length() > ENVID_MAX || !Xtext.isPrintable(value)) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    return value;
  }

  @Override
  public boolean rcptParameter(
      MailParameter parameter, List<MailParameter> kept, Envelope envelope, SmtpSession session)
      throws SmtpRefusal {
    switch (parameter.keyword()) {
      case "NOTIFY" -> kept.add(new MailParameter("NOTIFY", notify(parameter.text())));
      case "ORCPT" ->
          kept.add(
              new MailParameter("ORCPT", orcpt(parameter.text(), envelope.isInternationalized())));
      default -> {
        return false;
      }
    }
    return true;
  }

  /** NEVER alone, or some of the other words. */
  private static String notify(String value) throws SmtpRefusal {
    String upper = value.toUpperCase(Locale.ROOT);
    if (upper.equals("NEVER")) {
      return upper;
    }
    List<String> words = Arrays.asList(upper.split(",", -1));
    List<String> known = new ArrayList<>(NOTIFY);
    known.retainAll(words);
    if (known.size() != words.size()) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    return String.join(",", known);
  }

  /**
   * {@code addr-type ";" xtext}. An address of the type utf-8 is kept in ASCII, in the form that
   * every server with DSN can be given (RFC 6533 §3).
   */
  private static String orcpt(String value, boolean internationalized) throws SmtpRefusal {
    int semicolon = value.indexOf(';');
    if (semicolon <= 0 || semicolon == value.length() - 1 || value.length() > ORCPT_MAX) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    String type = value.substring(0, semicolon);
    String address = value.substring(semicolon + 1);
    if (!type.chars().allMatch(c -> c < 128 && MailAddress.isAtext(c))) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    if (type.equalsIgnoreCase("utf-8")) {
      boolean ascii = address.chars().allMatch(c -> c < 128);
      if (!(ascii || internationalized) || !Utf8Address.isEncoded(address)) {
        throw new SmtpRefusal(Replies.BAD_PARAMETER);
      }
      String kept = type + ";" + Utf8Address.encode(Utf8Address.decode(address));
      if (kept.length() > ORCPT_MAX) {
        throw new SmtpRefusal(Replies.BAD_PARAMETER);
      }
      return kept;
    }
    if (!Xtext.isPrintable(address)) {
      throw new SmtpRefusal(Replies.BAD_PARAMETER);
    }
    return value;
  }
}
