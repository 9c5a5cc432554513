/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "network/shoal-connect-dialog.h"

struct _ShoalConnectDialog
{
  AdwMessageDialog parent_instance;

  GtkEditable *entry; /* (unowned): of the template */
};

G_DEFINE_FINAL_TYPE (ShoalConnectDialog, shoal_connect_dialog, ADW_TYPE_MESSAGE_DIALOG)

static char *
dup_address (ShoalConnectDialog *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
}

/* Only the shape: what a multiaddr may hold is for the daemon to say. */
static void
entry_changed_cb (ShoalConnectDialog *self)
{
  g_autofree char *address = dup_address (self);

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "connect",
                                           *address == '/' && address[1] != '\0');
}

static void
shoal_connect_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  ShoalConnectDialog *self = SHOAL_CONNECT_DIALOG (dialog);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  g_autofree char *address = dup_address (self);

  if (g_str_equal (response, "connect") && parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.connect-to", "s", address);
}

static void
shoal_connect_dialog_class_init (ShoalConnectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  ADW_MESSAGE_DIALOG_CLASS (klass)->response = shoal_connect_dialog_response;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/shoal/Shoal/network/shoal-connect-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ShoalConnectDialog, entry);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
}

static void
shoal_connect_dialog_init (ShoalConnectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
shoal_connect_dialog_new (GtkWindow *parent)
{
  return g_object_new (SHOAL_TYPE_CONNECT_DIALOG, "transient-for", parent, NULL);
}
