package org.postrider.smtp.relay;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the sender wants to be told about a recipient (RFC 3461 §4.1, §4.2).
 *
 * @param notifyOn the words of NOTIFY; empty when it was not given
 * @param originalRecipient the value of ORCPT, decoded
 */
record RcptParameters(List<String> notifyOn, Optional<String> originalRecipient) {
  /**
   * @param parameters of RCPT, as given
   */
  static RcptParameters of(String parameters) {
    List<String> notifyOn = List.of();
    Optional<String> original = Optional.empty();
    for (String parameter : parameters.split(" ", -1)) {
      String upper = parameter.toUpperCase(Locale.ROOT);
      if (upper.startsWith("NOTIFY=")) {
        notifyOn = Arrays.asList(upper.substring("NOTIFY=".length()).split(",", -1));
      } else if (upper.startsWith("ORCPT=")) {
        original = Optional.of(Xtext.decode(parameter.substring("ORCPT=".length())));
      }
    }
    return new RcptParameters(notifyOn, original);
  }

  boolean wantsFailure() {
    return notifyOn.isEmpty() || notifyOn.contains("FAILURE");
  }

  /** RFC 3461 §4.1: without NOTIFY a delay may be told. */
  boolean wantsDelay() {
    return notifyOn.isEmpty() || notifyOn.contains("DELAY");
  }

  boolean wantsSuccess() {
    return notifyOn.contains("SUCCESS");
  }
}
