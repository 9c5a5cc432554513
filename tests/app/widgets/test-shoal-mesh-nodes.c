/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* A list becomes nodes: a bounded number at a time, the same places whatever the order.
 */
#include "config.h"

#include "widgets/shoal-mesh-nodes.h"

/* Any object will do, as long as an expression can read it: here a GSimpleAction, whose
 * name is the id, and whose state is the latency. */
static GSimpleAction *
peer_new (const char *id, gint64 latency_ms)
{
  return g_simple_action_new_stateful (id, NULL, g_variant_new_int64 (latency_ms));
}

static gint64
read_latency (GSimpleAction *peer, GVariant *state)
{
  return g_variant_get_int64 (state);
}

static char *
read_kind (GSimpleAction *peer, gboolean is_enabled)
{
  return g_strdup (is_enabled ? "lan" : "relayed");
}

static void
set_expressions (ShoalMeshNodes *nodes)
{
  GtkExpression *state
      = gtk_property_expression_new (G_TYPE_SIMPLE_ACTION, NULL, "state");
  GtkExpression *enabled
      = gtk_property_expression_new (G_TYPE_SIMPLE_ACTION, NULL, "enabled");
  GtkExpression *all[] = {
    gtk_property_expression_new (G_TYPE_SIMPLE_ACTION, NULL, "name"),
    gtk_cclosure_expression_new (G_TYPE_INT64, NULL, 1, &state, G_CALLBACK (read_latency),
                                 NULL, NULL),
    gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 1, &enabled, G_CALLBACK (read_kind),
                                 NULL, NULL),
  };
  static const ShoalMeshRole roles[]
      = { SHOAL_MESH_ROLE_ID, SHOAL_MESH_ROLE_LATENCY, SHOAL_MESH_ROLE_KIND };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      shoal_mesh_nodes_set_expression (nodes, roles[i], all[i]);
      gtk_expression_unref (all[i]);
    }
}

static GListStore *
peers_new (guint n_peers, gboolean is_reversed)
{
  GListStore *list = g_list_store_new (G_TYPE_SIMPLE_ACTION);

  for (guint i = 0; i < n_peers; i++)
    {
      guint number = is_reversed ? n_peers - i : i + 1;
      g_autofree char *id = g_strdup_printf ("peer-%u", number);
      g_autoptr (GSimpleAction) peer = peer_new (id, (number * 37) % 600);

      g_list_store_append (list, peer);
    }
  return list;
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_order_does_not_matter (void)
{
  g_autoptr (ShoalMeshNodes) one = shoal_mesh_nodes_new ();
  g_autoptr (ShoalMeshNodes) other = shoal_mesh_nodes_new ();
  g_autoptr (GListStore) forward = peers_new (200, FALSE);
  g_autoptr (GListStore) backward = peers_new (200, TRUE);

  set_expressions (one);
  shoal_mesh_nodes_set_model (one, G_LIST_MODEL (forward));
  shoal_mesh_nodes_set_model (other, G_LIST_MODEL (backward));
  set_expressions (other); /* after the model works too */
  g_assert_cmpuint (shoal_mesh_nodes_update (one, 1000), ==,
                    SHOAL_MESH_CHANGED_PLACES | SHOAL_MESH_CHANGED_LOOKS);
  shoal_mesh_nodes_update (other, 1000);
  for (guint i = 0; i < 200; i++)
    {
      ShoalMeshNode *node = shoal_mesh_nodes_get_node (one, i);
      ShoalMeshNode *twin = shoal_mesh_nodes_find (other, node->id);

      g_assert_nonnull (twin);
      g_assert_true (node->is_placed);
      g_assert_cmpint (node->kind, ==, SHOAL_MESH_KIND_LAN);
      g_assert_cmpfloat (node->x, ==, twin->x);
      g_assert_cmpfloat (node->y, ==, twin->y);
    }
}

static void
test_bounded (void)
{
  g_autoptr (ShoalMeshNodes) nodes = shoal_mesh_nodes_new ();
  g_autoptr (GListStore) peers = peers_new (100, FALSE);
  guint n_changed = 0;

  g_signal_connect_swapped (nodes, "changed", G_CALLBACK (count_cb), &n_changed);
  set_expressions (nodes);
  shoal_mesh_nodes_set_model (nodes, G_LIST_MODEL (peers));
  g_assert_cmpuint (n_changed, ==, 1); /* once, for a hundred */
  g_assert_true (shoal_mesh_nodes_is_changed (nodes));
  g_assert_true (shoal_mesh_nodes_update (nodes, 60) & SHOAL_MESH_CHANGED_MORE);
  g_assert_cmpuint (shoal_mesh_layout_get_n_nodes (shoal_mesh_nodes_get_layout (nodes)),
                    ==, 60);
  g_assert_false (shoal_mesh_nodes_update (nodes, 60) & SHOAL_MESH_CHANGED_MORE);
  g_assert_false (shoal_mesh_nodes_is_changed (nodes));
  g_assert_cmpuint (shoal_mesh_nodes_update (nodes, 60), ==, 0);
}

static void
test_changes (void)
{
  g_autoptr (ShoalMeshNodes) nodes = shoal_mesh_nodes_new ();
  g_autoptr (GListStore) peers = peers_new (3, FALSE);
  g_autoptr (GSimpleAction) peer = g_list_model_get_item (G_LIST_MODEL (peers), 1);
  ShoalMeshNode *node;

  set_expressions (nodes);
  shoal_mesh_nodes_set_model (nodes, G_LIST_MODEL (peers));
  shoal_mesh_nodes_update (nodes, 10);
  node = shoal_mesh_nodes_find_item (nodes, peer);
  g_assert_cmpstr (node->id, ==, "peer-2");

  /* The same again is no change, and is not drawn. */
  g_object_notify (G_OBJECT (peer), "state");
  g_assert_cmpuint (shoal_mesh_nodes_update (nodes, 10), ==, 0);
  g_simple_action_set_enabled (peer, FALSE);
  g_assert_cmpuint (shoal_mesh_nodes_update (nodes, 10), ==, SHOAL_MESH_CHANGED_LOOKS);
  g_assert_cmpint (node->kind, ==, SHOAL_MESH_KIND_RELAYED);
  g_simple_action_set_state (peer, g_variant_new_int64 (60000));
  g_assert_cmpuint (shoal_mesh_nodes_update (nodes, 10), ==, SHOAL_MESH_CHANGED_PLACES);

  g_list_store_remove (peers, 1);
  g_assert_cmpuint (shoal_mesh_nodes_update (nodes, 10), ==, SHOAL_MESH_CHANGED_PLACES);
  g_assert_null (shoal_mesh_nodes_find (nodes, "peer-2"));
  g_assert_null (shoal_mesh_nodes_find_item (nodes, peer));
  g_simple_action_set_enabled (peer, TRUE); /* nobody listens any more */
  g_assert_false (shoal_mesh_nodes_is_changed (nodes));
}

static void
test_twins (void)
{
  g_autoptr (ShoalMeshNodes) nodes = shoal_mesh_nodes_new ();
  g_autoptr (GListStore) peers = g_list_store_new (G_TYPE_SIMPLE_ACTION);
  g_autoptr (GSimpleAction) one = peer_new ("same", 5);
  g_autoptr (GSimpleAction) other = peer_new ("same", 500);

  g_list_store_append (peers, one);
  g_list_store_append (peers, other);
  set_expressions (nodes);
  shoal_mesh_nodes_set_model (nodes, G_LIST_MODEL (peers));
  shoal_mesh_nodes_update (nodes, 10);
  g_assert_cmpuint (shoal_mesh_layout_get_n_nodes (shoal_mesh_nodes_get_layout (nodes)),
                    ==, 1);
  g_list_store_remove_all (peers);
  shoal_mesh_nodes_update (nodes, 10);
  g_assert_cmpuint (shoal_mesh_layout_get_n_nodes (shoal_mesh_nodes_get_layout (nodes)),
                    ==, 0);
}

static void
test_without_expressions (void)
{
  g_autoptr (ShoalMeshNodes) nodes = shoal_mesh_nodes_new ();
  g_autoptr (GListStore) peers = peers_new (2, FALSE);
  g_autofree char *name = NULL;

  shoal_mesh_nodes_set_model (nodes, G_LIST_MODEL (peers));
  shoal_mesh_nodes_update (nodes, 10);
  name = shoal_mesh_nodes_dup_text (nodes, shoal_mesh_nodes_get_node (nodes, 0),
                                    SHOAL_MESH_ROLE_NAME);
  g_assert_cmpstr (name, ==, "");
  shoal_mesh_nodes_set_model (nodes, NULL);
  g_assert_cmpuint (shoal_mesh_nodes_get_n_nodes (nodes), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoal-mesh-nodes/order-does-not-matter", test_order_does_not_matter);
  g_test_add_func ("/shoal-mesh-nodes/bounded", test_bounded);
  g_test_add_func ("/shoal-mesh-nodes/changes", test_changes);
  g_test_add_func ("/shoal-mesh-nodes/twins", test_twins);
  g_test_add_func ("/shoal-mesh-nodes/without-expressions", test_without_expressions);
  return g_test_run ();
}
