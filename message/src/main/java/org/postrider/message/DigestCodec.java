package org.postrider.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import org.postrider.message.MimePart.Parameter;

/**
 * The stored form of a digest: a version octet; the size, header size and body lines of the
 * message; the lengths of five sections; the sections ENVELOPE, BODYSTRUCTURE, BODY, preview and
 * parts. Numbers are varints, strings UTF-8 after their length. Parts stand in preorder, offsets
 * count from the body of the part around.
 */
final class DigestCodec {
  static final byte VERSION = 1;

  /** More than any limit of the builder allows, so that damaged bytes cannot exhaust the stack. */
  private static final int DEPTH_MAX = 500;

  private final byte[] bytes;
  private final int limit;
  private int at;

  /** Reads from {@code offset} to before {@code limit}. */
  DigestCodec(byte[] bytes, int offset, int limit) {
    this.bytes = bytes;
    this.at = offset;
    this.limit = limit;
  }

  static ContentDigest encode(PartBuilder root, long size, String preview) {
    ImapBuffer structure = new ImapBuffer(512);
    BodyStructure.write(root, true, structure);
    int structureLength = structure.length();
    BodyStructure.write(root, false, structure);
    int bodyLength = structure.length() - structureLength;
    byte[] previewBytes = preview.getBytes(UTF_8);
    ImapBuffer parts = new ImapBuffer(128);
    writePart(root, 0, parts);
    ImapBuffer out =
        new ImapBuffer(
            64 + root.envelope.length + structure.length() + previewBytes.length + parts.length());
    out.octet(VERSION).varint(size).varint(root.headerLength).varint(root.lines);
    out.varint(root.envelope.length).varint(structureLength).varint(bodyLength);
    out.varint(previewBytes.length).varint(parts.length());
    out.append(root.envelope, 0, root.envelope.length);
    out.append(structure.array(), 0, structure.length());
    out.append(previewBytes, 0, previewBytes.length);
    out.append(parts.array(), 0, parts.length());
    return new ContentDigest(out.toByteArray());
  }

  private static void writePart(PartBuilder part, long outerBody, ImapBuffer out) {
    string(FieldCursor.lowerCase(FieldCursor.text(part.type)), out);
    string(FieldCursor.lowerCase(FieldCursor.text(part.subtype)), out);
    string(FieldCursor.lowerCase(FieldCursor.text(part.encoding)), out);
    List<Parameter> parameters = part.contentType.decoded();
    out.varint(parameters.size());
    for (Parameter parameter : parameters) {
      string(parameter.name(), out);
      string(parameter.value(), out);
    }
    out.varint(part.headerOffset - outerBody).varint(part.headerLength);
    out.varint(part.bodyLength).varint(part.lines).varint(part.children.size());
    for (PartBuilder child : part.children) {
      writePart(child, part.bodyOffset, out);
    }
  }

  private static void string(String value, ImapBuffer out) {
    byte[] octets = value.getBytes(UTF_8);
    out.varint(octets.length).append(octets, 0, octets.length);
  }

  int at() {
    return at;
  }

  /** Reads a part with all parts in it. */
  MimePart readPart() {
    return readPart(0, 0);
  }

  private MimePart readPart(long outerBody, int depth) {
    if (depth > DEPTH_MAX) {
      throw damaged();
    }
    String type = readString();
    String subtype = readString();
    String encoding = readString();
    int parameterCount = readLength();
    List<Parameter> parameters = new ArrayList<>(parameterCount);
    for (int i = 0; i < parameterCount; i++) {
      parameters.add(new Parameter(readString(), readString()));
    }
    long headerOffset = outerBody + readNumber();
    long headerLength = readNumber();
    long bodyOffset = headerOffset + headerLength;
    long bodyLength = readNumber();
    long lines = readNumber();
    int childCount = readLength();
    List<MimePart> children = new ArrayList<>(childCount);
    for (int i = 0; i < childCount; i++) {
      children.add(readPart(bodyOffset, depth + 1));
    }
    return new MimePart(
        type,
        subtype,
        parameters,
        encoding,
        headerOffset,
        headerLength,
        bodyOffset,
        bodyLength,
        lines,
        children);
  }

  long readNumber() {
    long value = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      if (at >= limit) {
        throw damaged();
      }
      byte b = bytes[at++];
      value |= (b & 0x7fL) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  /** A number of things each of which takes at least one octet. */
  int readLength() {
    long length = readNumber();
    if (length > limit - at) {
      throw damaged();
    }
    return (int) length;
  }

  private String readString() {
    int length = readLength();
    String value = new String(bytes, at, length, UTF_8);
    at += length;
    return value;
  }

  static IllegalArgumentException damaged() {
    return new IllegalArgumentException("not the bytes of a content digest");
  }
}
