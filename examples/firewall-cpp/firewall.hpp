// A firewall that keeps an exception for the Teredo client's UDP port: the registrations are members, and end with it.
#pragma once

#include <winsock2.h>
#include <ws2ipdef.h>
#include <iphlpapi.h>
#include <netioapi.h>

#include <cstddef>
#include <map>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

// One registration: cancelled when it goes. Whoever lets it go must not hold a lock that its callback takes.
class Registration {
public:
    Registration() = default;
    Registration(Registration &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Registration &operator=(Registration &&other) noexcept
    {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Registration()
    {
        if (handle_ != nullptr) {
            CancelMibChangeNotify2(handle_);
        }
    }

    template <typename Owner> static Registration ports(Owner &owner)
    {
        Registration made;
        check(NotifyTeredoPortChange(on_port<Owner>, &owner, FALSE, &made.handle_));
        return made;
    }

    template <typename Owner> static Registration interfaces(Owner &owner)
    {
        Registration made;
        check(NotifyIpInterfaceChange(
            AF_UNSPEC, on_interface<Owner>, &owner, FALSE, &made.handle_));
        return made;
    }

private:
    static void check(DWORD code)
    {
        if (code != NO_ERROR) {
            throw std::system_error(static_cast<int>(code), std::system_category());
        }
    }

    // Nothing may come out of a callback: the frames above it are the system's.
    template <typename Owner>
    static VOID NETIOAPI_API_ on_port(PVOID context, USHORT, MIB_NOTIFICATION_TYPE) noexcept
    {
        static_cast<Owner *>(context)->port_changed();
    }

    template <typename Owner>
    static VOID NETIOAPI_API_ on_interface(
        PVOID context, PMIB_IPINTERFACE_ROW row, MIB_NOTIFICATION_TYPE) noexcept
    {
        if (row != nullptr) {
            static_cast<Owner *>(context)->interface_changed(row->Family, row->InterfaceLuid);
        }
    }

    HANDLE handle_ = nullptr;
};

class Firewall {
public:
    // Throws std::system_error with the code of what failed. First it is told of changes, then it looks.
    Firewall()
        : interface_changes_(Registration::interfaces(*this)),
          port_changes_(Registration::ports(*this))
    {
        port_changed();
        look_at_all(AF_INET);
        look_at_all(AF_INET6);
    }

    Firewall(const Firewall &) = delete;
    Firewall &operator=(const Firewall &) = delete;

    // The UDP port that is open; 0: none.
    USHORT exception() const
    {
        std::lock_guard<std::mutex> guard(lock_);
        return exception_;
    }

    std::size_t interface_count() const
    {
        std::lock_guard<std::mutex> guard(lock_);
        return mtus_.size();
    }

    void port_changed() noexcept
    {
        std::lock_guard<std::mutex> guard(lock_);
        USHORT port = 0;
        exception_ = GetTeredoPort(&port) == NO_ERROR ? port : 0;
    }

    void interface_changed(ADDRESS_FAMILY family, NET_LUID luid) noexcept
    {
        // When the client stops, its interface goes down; of the port nobody may tell.
        port_changed();
        std::lock_guard<std::mutex> guard(lock_);
        look(family, luid);
    }

private:
    void look(ADDRESS_FAMILY family, NET_LUID luid) noexcept
    {
        MIB_IPINTERFACE_ROW row;
        InitializeIpInterfaceEntry(&row);
        row.Family = family;
        row.InterfaceLuid = luid;
        try {
            if (GetIpInterfaceEntry(&row) == NO_ERROR) {
                mtus_[{family, luid.Value}] = row.NlMtu;
            } else {
                mtus_.erase({family, luid.Value});
            }
        } catch (const std::bad_alloc &) {
            // One interface less in the list.
        }
    }

    void look_at_all(ADDRESS_FAMILY family)
    {
        PMIB_IPINTERFACE_TABLE table = nullptr;
        if (GetIpInterfaceTable(family, &table) != NO_ERROR) {
            return; // this machine does not have the family
        }
        {
            std::lock_guard<std::mutex> guard(lock_);
            for (ULONG i = 0; i < table->NumEntries; i++) {
                look(table->Table[i].Family, table->Table[i].InterfaceLuid);
            }
        }
        FreeMibTable(table);
    }

    mutable std::mutex lock_;
    USHORT exception_ = 0;
    std::map<std::pair<ADDRESS_FAMILY, ULONG64>, ULONG> mtus_;
    // Last, so that they end first: the callbacks use all that is above.
    Registration interface_changes_;
    Registration port_changes_;
};
