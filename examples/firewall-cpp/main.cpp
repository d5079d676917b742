// firewall [MILLISECONDS]: runs the firewall for so long (1000), and says how it stands at the end.
#include "firewall.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <thread>

int main(int count, char **words)
{
    const std::chrono::milliseconds run(count > 1 ? std::strtol(words[1], nullptr, 10) : 1000);
    try {
        Firewall firewall;
        std::this_thread::sleep_for(run);
        USHORT client = 0;
        if (GetTeredoPort(&client) != NO_ERROR) {
            client = 0;
        }
        const USHORT exception = firewall.exception();
        std::cout << "UDP port " << exception << " is open, " << firewall.interface_count()
                  << " interfaces\n";
        return exception == client ? 0 : 3;
    } catch (const std::system_error &error) {
        std::cerr << "the firewall does not start: " << error.code().value() << '\n';
        return 2;
    }
}
