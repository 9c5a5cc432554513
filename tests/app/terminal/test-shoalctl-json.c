/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "terminal/shoalctl-json.h"

static const ShoalctlField fields[] = {
  { "cid", "cid", "s", "CID", 0 },
  { "size", "size", "t", "Size", SHOALCTL_VIEW_BYTES },
  { "is_new", "is-new", "b", "New", 0 },
  { "part", "part", "d", "Part", SHOALCTL_VIEW_PERCENT },
  { "names", "names", "as", "Names", 0 },
  { "more", "more", "a{sv}", NULL, 0 },
  { NULL },
};

static char *
compact (JsonObject *object)
{
  g_autoptr (JsonObject) owned = object;
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);

  return json_to_string (node, FALSE);
}

static void
check_dict (const char *dict, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, dict, NULL, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = compact (shoalctl_json_from_dict (value, fields));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_dict (void)
{
  check_dict ("{'cid': <'zQm'>, 'size': <uint64 5>, 'is-new': <true>, 'part': <0.5>, "
              "'names': <['a', 'b']>, 'more': <{'free-bytes': <uint64 1>}>}",
              "{\"cid\":\"zQm\",\"size\":5,\"is_new\":true,\"part\":0.5,"
              "\"names\":[\"a\",\"b\"],\"more\":{\"free_bytes\":1}}");
}

/* A member is always there and never changes its type. */
static void
test_unknown (void)
{
  const char *empty = "{\"cid\":\"\",\"size\":0,\"is_new\":false,\"part\":0.0,"
                      "\"names\":[],\"more\":{}}";

  check_dict ("{}", empty);
  check_dict ("{'cid': <uint32 5>, 'size': <'many'>, 'is-new': <1>, 'names': <'a'>, "
              "'other': <'ignored'>}",
              empty);
}

static void
test_variant (void)
{
  g_autoptr (GVariant) value = g_variant_ref_sink (
      g_variant_new_parsed ("(byte 0xff, int16 -2, uint16 3, -4, uint32 5, int64 -6, "
                            "uint64 18446744073709551615, objectpath '/a', @as [], "
                            "<[{'kind': <'peer'>}]>)"));
  g_autoptr (JsonNode) node = shoalctl_json_from_variant (value);
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_cmpstr (text, ==,
                   "[255,-2,3,-4,5,-6,9223372036854775807,\"/a\",[],"
                   "[{\"kind\":\"peer\"}]]");
}

static void
test_format (void)
{
  g_autoptr (GVariant) value
      = g_variant_ref_sink (g_variant_new_parsed ("{'a': 'b\\n\"'}"));
  g_autoptr (JsonNode) node = shoalctl_json_from_variant (value);
  g_autofree char *text = shoalctl_json_format (node);

  g_assert_cmpstr (text, ==, "{\n  \"a\" : \"b\\n\\\"\"\n}\n");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/json/dict", test_dict);
  g_test_add_func ("/ctl/json/unknown", test_unknown);
  g_test_add_func ("/ctl/json/variant", test_variant);
  g_test_add_func ("/ctl/json/format", test_format);
  return g_test_run ();
}
