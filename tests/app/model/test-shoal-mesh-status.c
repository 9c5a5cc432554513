/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* The state of the mesh in words, for every answer a daemon may give. */
#include "config.h"

#include "model/shoal-mesh-status.h"

typedef struct
{
  const char *answer;
  const char *property;
  const char *expected;
} Case;

static const Case cases[] = {
  { "{}", "reach-text", "Not known yet" },
  { "{}", "lan-text", "Not known yet" },
  { "{}", "dht-text", "Not known yet" },
  { "{}", "gossip-text", "Not known yet" },
  { "{}", "bootstrap-text", "Not known yet" },
  { "{}", "catalog-text", "Not known yet" },
  { "{'reachability': <'public'>}", "reach-text",
    "Anybody can connect to this computer" },
  { "{'reachability': <'private'>}", "reach-text",
    "Behind a router: only this computer can begin a connection" },
  { "{'reachability': <'private'>, 'relays': <['a', 'b']>}", "reach-text",
    "Behind a router; reachable through 2 relays" },
  { "{'reachability': <'public'>, 'network': <'none'>}", "reach-text",
    "This computer has no network" },
  { "{'mdns': <{'enabled': <false>}>}", "lan-text", "Turned off in the preferences" },
  { "{'mdns': <{'enabled': <true>, 'running': <false>}>}", "lan-text",
    "Not running: it needs sharing to be on" },
  { "{'mdns': <{'enabled': <true>, 'running': <true>, 'found': <uint32 1>}>}", "lan-text",
    "On, 1 peer found" },
  { "{'dht': <{'mode': <'off'>}>}", "dht-text", "Off" },
  { "{'dht': <{'mode': <'client'>, 'wan': <{'peers': <uint32 20>}>}>}", "dht-text",
    "Asks, but does not answer others. Knows 20 peers in the world, 0 nearby" },
  { "{'dht': <{'mode': <'server'>, 'wan': <{'records': <uint32 1>}>,"
    " 'lan': <{'peers': <uint32 2>}>}>}",
    "dht-text",
    "Answers others and keeps 1 entry for them. Knows 0 peers in the world, 2 nearby" },
  { "{'gossip': <{'peers': <uint32 1>}>}", "gossip-text", "No topic is followed" },
  { "{'gossip': <{'topics': <[{'topic': <'a'>, 'peers': <uint32 1>}]>}>}", "gossip-text",
    "a: 1 peer" },
  { "{'bootstrap': <@aa{sv} []>}", "bootstrap-text", "None is set" },
  { "{'bootstrap': <[{'state': <'connected'>}, {'state': <'waiting'>}]>}",
    "bootstrap-text", "1 of 2 connected" },
  { "{'registry': <{'announcements': <uint32 1>, 'announced': <uint32 0>}>}",
    "catalog-text", "1 app is known" },
  { "{'registry': <{'announcements': <uint32 4>, 'announced': <uint32 2>}>}",
    "catalog-text", "4 apps are known, 2 are announced from here" },
};

static void
test_case (gconstpointer user_data)
{
  const Case *test = user_data;
  g_autoptr (ShoalMeshStatus) status = shoal_mesh_status_new ();
  g_autoptr (GVariant) answer
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, test->answer, NULL, NULL, NULL);
  g_autofree char *text = NULL;

  g_assert_nonnull (answer);
  shoal_dict_object_set_dict (SHOAL_DICT_OBJECT (status), answer);
  g_object_get (status, test->property, &text, NULL);
  g_assert_cmpstr (text, ==, test->expected);
}

/* Values of other types than were agreed upon count as missing. */
static void
test_hostile (void)
{
  g_autoptr (ShoalMeshStatus) status = shoal_mesh_status_new ();
  static const char *const properties[]
      = { "reach-text",  "lan-text",       "dht-text",
          "gossip-text", "bootstrap-text", "catalog-text" };

  shoal_dict_object_set_dict (
      SHOAL_DICT_OBJECT (status),
      g_variant_new_parsed ("{'dht': <'x'>, 'mdns': <7>, 'gossip': <{'topics': <['a']>}>,"
                            " 'bootstrap': <'none'>, 'relays': <uint32 4>,"
                            " 'registry': <{'announcements': <'many'>}>,"
                            " 'reachability': <int64 1>}"));
  for (gsize i = 0; i < G_N_ELEMENTS (properties); i++)
    {
      g_autofree char *text = NULL;

      g_object_get (status, properties[i], &text, NULL);
      g_assert_cmpstr (text, !=, "");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/shoal-mesh-status/case-%u", (guint) i);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/shoal-mesh-status/hostile", test_hostile);
  return g_test_run ();
}
