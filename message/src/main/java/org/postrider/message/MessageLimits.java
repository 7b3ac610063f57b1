package org.postrider.message;

/**
 * How much of a message is looked at. Nothing is refused: what lies beyond a limit is left in the
 * part, field or value around it.
 *
 * @param depthMax multiparts and messages inside one another, at most 200
 * @param partsMax parts of a message
 * @param headerOctetsMax octets of one header that are interpreted
 * @param headerOctetsTotalMax octets of all headers of a message together that are interpreted
 * @param fieldsMax fields of a header; the rest is one field without name
 * @param parametersMax parameters of a field
 * @param addressesMax addresses of a message's envelopes together
 * @param boundaryOctetsMax octets of a multipart's boundary; RFC 2046 §5.1.1 allows 70
 */
public record MessageLimits(
    int depthMax,
    int partsMax,
    int headerOctetsMax,
    int headerOctetsTotalMax,
    int fieldsMax,
    int parametersMax,
    int addressesMax,
    int boundaryOctetsMax) {

  /** What no honest message exceeds. */
  public static final MessageLimits DEFAULT =
      new MessageLimits(50, 1_000, 256 << 10, 1 << 20, 5_000, 100, 10_000, 256);

  public MessageLimits {
    if (depthMax < 1 || depthMax > 200) {
      throw new IllegalArgumentException("depthMax " + depthMax);
    }
    if (partsMax < 1
        || headerOctetsMax < 1
        || headerOctetsTotalMax < 1
        || fieldsMax < 1
        || parametersMax < 1
        || addressesMax < 1
        || boundaryOctetsMax < 1) {
      throw new IllegalArgumentException("a limit is below 1");
    }
  }
}
